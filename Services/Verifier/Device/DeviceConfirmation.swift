import JSONCoding
import Sealing

/// The question whether a device may have what it asked for, as its page carries it: sealed, and good for that
/// browser's logon alone, so that nobody can have somebody else answer it.
struct DeviceConfirmation: Equatable, Sendable {
    /// What the device shows.
    let code: String
    /// The digest of the logon that the browser remembers.
    let logon: String
    /// Until when it can be answered, in seconds since 1970.
    let end: Int64

    /// What it is sealed for.
    static let purpose = "device"

    init(code: String, logon: String, end: Int64) {
        (self.code, self.logon, self.end) = (code, logon, end)
    }

    /// - Parameter logon: What the browser remembers.
    init(_ code: UserCode, _ logon: Ticket, end: Int64) {
        self.init(code: code.text, logon: Base64URL.encode(logon.digest), end: end)
    }

    /// Whether it was asked in a browser that remembers that logon, and in time.
    func counts(for logon: Ticket, at seconds: Int64) -> Bool {
        self.logon == Base64URL.encode(logon.digest) && end > seconds
    }
}

extension DeviceConfirmation: Travelling {
    private static let keys = JSONKeys(["u", "b", "e"])

    init(from reader: inout JSONReader) throws(JSONError) {
        var (code, logon, end): (String?, String?, Int64?) = (nil, nil, nil)
        try reader.beginObject()
        while let key = try reader.nextKey(in: Self.keys) {
            switch key {
            case 0: code = try reader.readString()
            case 1: logon = try reader.readString()
            case 2: end = try reader.readInt64()
            default: try reader.skipValue()
            }
        }
        guard let code, let logon, let end else { throw JSONError(expected: "u, b and e", offset: reader.offset) }
        self.init(code: code, logon: logon, end: end)
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.write("u", code)
        writer.write("b", logon)
        writer.key("e")
        writer.write(end)
        writer.endObject()
    }
}
