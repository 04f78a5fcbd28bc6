import JSONCoding
import Messages

/// A client's request as it travels; with short keys, as a browser carries it along.
extension AuthorizationRequest: Travelling {
    private static let keys = JSONKeys(["c", "r", "m", "p", "s", "n", "h", "u", "l", "a", "d"])

    init(from reader: inout JSONReader) throws(JSONError) {
        var (client, redirectURI, scope): (String?, String?, Scope?) = (nil, nil, nil)
        var (state, nonce, challenge): (String?, String?, String?) = (nil, nil, nil)
        var (mode, subject): (ResponseMode?, UserID?) = (.query, nil)
        var (language, choosesAccount, device): (PageLanguage?, Bool?, String?) = (nil, nil, nil)
        try reader.beginObject()
        while let key = try reader.nextKey(in: Self.keys) {
            switch key {
            case 0: client = try reader.readString()
            case 1: redirectURI = try reader.readString()
            case 2: mode = ResponseMode(rawValue: try reader.readString())
            case 3: scope = Scope(try reader.readString())
            case 4: state = try reader.readString()
            case 5: nonce = try reader.readString()
            case 6: challenge = try reader.readString()
            case 7: subject = UserID(try reader.readString())
            case 8: language = PageLanguage(rawValue: try reader.readString())
            case 9: choosesAccount = try reader.readBool()
            case 10: device = try reader.readString()
            default: try reader.skipValue()
            }
        }
        guard let client, let redirectURI, let mode, let scope else {
            throw JSONError(expected: "c, r, m and p", offset: reader.offset)
        }
        self.init(
            client: client,
            redirectURI: redirectURI,
            responseMode: mode,
            scope: scope,
            state: state,
            nonce: nonce,
            challenge: challenge,
            subject: subject,
            language: language
        )
        self.choosesAccount = choosesAccount
        self.device = device
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.write("c", client)
        writer.write("r", redirectURI)
        writer.write("m", responseMode.rawValue)
        writer.write("p", scope.description)
        writer.write("s", state)
        writer.write("n", nonce)
        writer.write("h", challenge)
        writer.write("u", subject?.description)
        writer.write("l", language?.rawValue)
        if let choosesAccount {
            writer.key("a")
            writer.write(choosesAccount)
        }
        writer.write("d", device)
        writer.endObject()
    }
}
