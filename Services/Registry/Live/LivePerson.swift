import JSONCoding

/// Somebody as WeCom shows them now.
struct LivePerson: Sendable {
    /// WeCom's user id, as it spells it.
    let id: String
    /// WeCom's object.
    let user: [String: JSONValue]
    /// The same as a list of one, which is what mappings read.
    let list: [UInt8]

    /// Nil for what is no object with an id.
    init?(_ body: [UInt8]) {
        guard case .object(let user)? = try? JSONValue(parsing: body), let id = LiveAnswer.text(user["userid"])
        else { return nil }
        self.id = id
        self.user = user
        list = Array("[".utf8) + body + Array("]".utf8)
    }
}
