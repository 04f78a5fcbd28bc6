/// What a stage needed for the people of one synchronization.
struct StageFigures {
    /// Records that it read.
    let records: Int
    /// Seconds on a processor, one a round.
    var processorSeconds: [Double] = []
    /// Calls for memory; `nil` where they could not be counted.
    var allocations: UInt64?

    /// The figures as the result tells them.
    func result(people: Int) -> [(name: String, value: Figure)] {
        let seconds = processorSeconds.median
        return [
            ("people_per_core_second", .number(seconds.map { Double(people) / $0 }, places: 0)),
            ("us_per_person", .number(seconds.map { $0 / Double(people) * 1e6 }, places: 2)),
            ("allocations_per_person", .number(allocations.map { Double($0) / Double(people) }, places: 1)),
            ("messages", .count(records)),
        ]
    }
}
