public import Kafka
import Messages

extension DeadLetter {
    /// The headers that a redriven record has beside its own.
    private enum RedrivenName {
        static let times = "redriven"
        static let operation = "redriven-by"
    }

    /// How often the record was redriven before it came here.
    public var timesRedriven: Int { record.header(RedrivenName.times).flatMap(Int.init) ?? 0 }

    /// Why the record cannot be redriven as it was; `nil` when it can.
    public var obstacle: String? {
        if isCut { return "not all of it fitted into the letter; as long as it is kept, it can be read at \(origin)" }
        if record.header(Name.key) != nil { return "its key is no text, as no message's of ours is" }
        return nil
    }

    /// The record for its own topic once more, with key and headers as they were, so that its reader judges it by epoch
    /// and fence as it does any replay; how often that was done, and by whom, is added.
    ///
    /// - Parameters:
    ///   - operation: Under which number the audit has it.
    ///   - value: What it says instead; `nil` for what it said.
    /// - Returns: `nil` where there is an ``obstacle``.
    public func redriven(in operation: String, saying value: [UInt8]? = nil) -> OutgoingRecord? {
        guard obstacle == nil, var record = restored else { return nil }
        if let value { record.value = value }
        record.headers.removeAll { [RedrivenName.times, RedrivenName.operation].contains($0.name) }
        record.headers.append(Header(RedrivenName.times, "\(timesRedriven + 1)"))
        record.headers.append(Header(RedrivenName.operation, operation))
        return record
    }
}
