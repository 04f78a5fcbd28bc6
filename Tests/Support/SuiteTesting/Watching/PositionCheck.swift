/// No pair of epoch and fence, nor what counts like one, ever goes down.
public struct PositionCheck: Sendable {
    /// A row's pair, which only grows.
    public struct Row: Sendable {
        /// Which row.
        public let name: String
        /// The epoch, or what counts like one.
        public let major: Int64
        /// The fence, or what counts like one.
        public let minor: Int64

        /// - Parameters:
        ///   - name: Which row.
        ///   - major: The epoch, or what counts like one.
        ///   - minor: The fence, or what counts like one.
        public init(name: String, major: Int64, minor: Int64) {
            self.name = name
            self.major = major
            self.minor = minor
        }
    }

    private var highest: [String: (Int64, Int64)] = [:]

    /// Knows of nothing yet.
    public init() {}

    /// How many rows were seen so far.
    public var rows: Int { highest.count }

    /// - Returns: What went down, by the row's name.
    public mutating func look(at rows: [Row]) -> [(subject: String, what: String)] {
        var found: [(String, String)] = []
        for row in rows {
            let (before, now) = (highest[row.name], (row.major, row.minor))
            if let before, now < before {
                found.append((row.name, "\(now) after \(before)"))
            } else {
                highest[row.name] = now
            }
        }
        return found
    }
}
