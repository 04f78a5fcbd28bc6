import JSONCoding
import Messages

/// What browsers and native clients carry along, as JSON by hand: Foundation's coders took as long as all signatures of a
/// logon.
protocol Travelling: Sendable {
    /// - Throws: `JSONError` where the text is something else's.
    init(from reader: inout JSONReader) throws(JSONError)

    func write(to writer: inout JSONWriter)
}

extension CarriedRequest: Travelling {
    private static let keys = JSONKeys(["r", "i", "e"])

    init(from reader: inout JSONReader) throws(JSONError) {
        var (request, id, end): (AuthorizationRequest?, String?, Int64?) = (nil, nil, nil)
        try reader.beginObject()
        while let key = try reader.nextKey(in: Self.keys) {
            switch key {
            case 0: request = try AuthorizationRequest(from: &reader)
            case 1: id = try reader.readString()
            case 2: end = try reader.readInt64()
            default: try reader.skipValue()
            }
        }
        guard let request, let id, let end else { throw JSONError(expected: "r, i and e", offset: reader.offset) }
        self.init(id: id, request: request, end: end)
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("r")
        request.write(to: &writer)
        writer.write("i", id)
        writer.key("e")
        writer.write(end)
        writer.endObject()
    }
}

extension PendingLogon: Travelling {
    private static let keys = JSONKeys(["p", "c", "e"])

    init(from reader: inout JSONReader) throws(JSONError) {
        var (provider, carried, end): (IdentityProviderID?, CarriedRequest?, Int64?) = (nil, nil, nil)
        try reader.beginObject()
        while let key = try reader.nextKey(in: Self.keys) {
            switch key {
            case 0: provider = IdentityProviderID(try reader.readString())
            case 1: carried = try CarriedRequest(from: &reader)
            case 2: end = try reader.readInt64()
            default: try reader.skipValue()
            }
        }
        guard let provider, let end else { throw JSONError(expected: "p and e", offset: reader.offset) }
        self.init(identityProvider: provider, carried: carried, end: end)
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.write("p", identityProvider.description)
        if let carried {
            writer.key("c")
            carried.write(to: &writer)
        }
        writer.key("e")
        writer.write(end)
        writer.endObject()
    }
}

extension NativeLogon: Travelling {
    private static let keys = JSONKeys(["p", "c", "s", "h", "e"])

    init(from reader: inout JSONReader) throws(JSONError) {
        var (provider, client, schema): (IdentityProviderID?, String?, String?) = (nil, nil, nil)
        var (challenge, end): (String?, Int64?) = (nil, nil)
        try reader.beginObject()
        while let key = try reader.nextKey(in: Self.keys) {
            switch key {
            case 0: provider = IdentityProviderID(try reader.readString())
            case 1: client = try reader.readString()
            case 2: schema = try reader.readString()
            case 3: challenge = try reader.readString()
            case 4: end = try reader.readInt64()
            default: try reader.skipValue()
            }
        }
        guard let provider, let client, let schema, let challenge, let end else {
            throw JSONError(expected: "p, c, s, h and e", offset: reader.offset)
        }
        self.init(identityProvider: provider, client: client, schema: schema, challenge: challenge, end: end)
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.write("p", identityProvider.description)
        writer.write("c", client)
        writer.write("s", schema)
        writer.write("h", challenge)
        writer.key("e")
        writer.write(end)
        writer.endObject()
    }
}
