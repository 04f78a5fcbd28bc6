import JSONCoding
import Sealing

/// The question whether a person wants to be logged off, as its page carries it: sealed, and good for that browser's
/// logon alone, so that no other site can answer it.
struct LogOffConfirmation: Equatable, Sendable {
    /// The digest of the logon that the browser remembers.
    let logon: String
    /// Until when it can be answered, in seconds since 1970.
    let end: Int64
    /// Where the person goes then; none where that is no client's address.
    let destination: String?

    /// What it is sealed for.
    static let purpose = "log-off"
    /// For how long a page can be answered, in seconds.
    static let lifetime: Int64 = 600

    init(logon: String, end: Int64, destination: String?) {
        (self.logon, self.end, self.destination) = (logon, end, destination)
    }

    /// - Parameter logon: What the browser remembers.
    init(_ logon: Ticket, at seconds: Int64, destination: String?) {
        self.init(
            logon: Base64URL.encode(logon.digest),
            end: seconds + Self.lifetime,
            destination: destination
        )
    }

    /// Whether it was asked in a browser that remembers that logon, and in time.
    func counts(for logon: Ticket, at seconds: Int64) -> Bool {
        self.logon == Base64URL.encode(logon.digest) && end > seconds
    }
}

extension LogOffConfirmation: Travelling {
    private static let keys = JSONKeys(["b", "e", "d"])

    init(from reader: inout JSONReader) throws(JSONError) {
        var (logon, end, destination): (String?, Int64?, String?) = (nil, nil, nil)
        try reader.beginObject()
        while let key = try reader.nextKey(in: Self.keys) {
            switch key {
            case 0: logon = try reader.readString()
            case 1: end = try reader.readInt64()
            case 2: destination = try reader.readString()
            default: try reader.skipValue()
            }
        }
        guard let logon, let end else { throw JSONError(expected: "b and e", offset: reader.offset) }
        self.init(logon: logon, end: end, destination: destination)
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.write("b", logon)
        writer.key("e")
        writer.write(end)
        if let destination { writer.write("d", destination) }
        writer.endObject()
    }
}
