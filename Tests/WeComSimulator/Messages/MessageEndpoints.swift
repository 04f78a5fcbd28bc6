/// `message/send`: a text from an application to its people (wecom.md §3.14).
struct MessageEndpoints: Sendable {
    let simulator: Simulator

    var table: [String: Endpoint] { ["message/send": .post(.access(send))] }

    @Sendable private func send(_ call: APICall, _ grant: AccessGrant) throws -> Answer {
        let agent = try grant.requireAgent()
        let fields = try call.fields()
        guard fields["agentid"]?.integer == agent.id else { throw Refusal.otherAgent }
        guard fields["msgtype"]?.text == "text", let text = fields["text"]?["content"]?.text, !text.isEmpty,
            text.utf8.count <= 2_048
        else { throw Refusal.invalidParameter }
        let organisation = grant.corp.organisation
        let range = agent.range.resolve(in: organisation)
        let asked = (fields["touser"]?.text ?? "").split(separator: "|").map(String.init)
        let (reached, missed) = asked.reduce(into: ([String](), [String]())) { split, id in
            if let user = organisation.user(id), range.includes(user) {
                split.0.append(user.id)
            } else {
                split.1.append(id.lowercased())
            }
        }
        guard !reached.isEmpty else { throw Refusal.noRecipient }
        let message = SentMessage(agentID: agent.id, users: reached, text: text)
        let isChecked = fields["enable_duplicate_check"]?.integer == 1
        let id = simulator.messages.take(message, in: grant.corp.id, once: isChecked)
        return .ok(["invaliduser": .string(missed.joined(separator: "|")), "msgid": .string(id)])
    }
}
