/// What came of poisoned records and of the good ones beside them.
struct DeadSummary {
    let poisoned: Int
    /// Good records a second, with nothing else.
    let alone: Double
    /// Good records a second, beside the poisoned ones.
    let beside: Double
    /// Poisoned records a second that are taken after mending.
    let redriven: Double

    /// Which part of their usual pace the good ones kept.
    var share: Double { beside / alone }

    var json: Figure {
        .object([
            ("poisoned", .count(poisoned)), ("good_per_second_alone", .number(alone, places: 0)),
            ("good_per_second_beside", .number(beside, places: 0)), ("share", .number(share, places: 2)),
            ("redriven_per_second", .number(redriven, places: 0)),
        ])
    }

    var table: String {
        var table = Table()
        table.add("poisoned records, found with their reasons and redriven", "\(poisoned)")
        table.add("good ones alone", alone, "a second", places: 0)
        table.add("good ones beside them", beside, "a second", places: 0)
        table.add("share", share, "", places: 2)
        table.add("redriven and applied", redriven, "a second", places: 0)
        return table.text
    }
}
