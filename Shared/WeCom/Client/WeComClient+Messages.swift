import JSONCoding

extension WeComClient {
    /// `message/send`: a text from the app to people in its visible range (wecom.md §3.14). The same text to the same
    /// people arrives once within four hours.
    ///
    /// - Parameters:
    ///   - text: At most 2,048 bytes.
    ///   - users: At most 1,000, as WeCom spells them.
    public func send(
        text: String,
        to users: [String],
        from agent: AgentID,
        token: AccessToken
    ) async throws -> MessageReceipt {
        let body = JSONValue.object([
            "touser": .string(users.joined(separator: "|")), "agentid": .integer(Int64(agent.rawValue)),
            "msgtype": .string("text"), "text": .object(["content": .string(text)]),
            "enable_duplicate_check": .integer(1), "duplicate_check_interval": .integer(14_400),
        ])
        let fields = try await fields(Call(path: "message/send", body: body).with(token))
        let missed = ["invaliduser", "unlicenseduser"].compactMap { fields.text($0) }
        return MessageReceipt(missed: missed.reduce(0) { $0 + $1.split(separator: "|").count })
    }
}

/// What became of a message.
public struct MessageReceipt: Sendable, Hashable {
    /// How many of those it was for are not in the app's visible range, or not licensed.
    public let missed: Int
}
