/// Finds what was probably meant by a name that nothing has.
package enum Nearness {
    /// The name that is fewest changes away; nil where all are others altogether.
    package static func nearest(to name: String, among names: [String]) -> String? {
        let plain = plain(name)
        guard plain.count <= 40 else { return nil }
        let near = names.map { (name: $0, changes: changes(from: plain, to: Self.plain($0))) }
        // Of a short name nearly all is another after two changes.
        let most = plain.count < 4 ? 1 : max(2, plain.count / 3)
        guard let best = near.min(by: { $0.changes < $1.changes }), best.changes <= most else { return nil }
        return best.name
    }

    /// Without what people write otherwise: capitals and underscores.
    private static func plain(_ name: String) -> [Character] {
        Array(name.lowercased().filter { $0 != "_" })
    }

    /// How many letters are put in, taken out or changed.
    private static func changes(from one: [Character], to other: [Character]) -> Int {
        var row = Array(0...other.count)
        for (index, character) in one.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (place, wanted) in other.enumerated() {
                let changed = diagonal + (character == wanted ? 0 : 1)
                diagonal = row[place + 1]
                row[place + 1] = min(changed, row[place] + 1, row[place + 1] + 1)
            }
        }
        return row[other.count]
    }
}
