import NIOCore

/// What WeCom tells of a change in a corp's directory (wecom.md §2.5): as little as it does since 2022.
struct ContactEvent: Sendable, Equatable {
    /// `change_contact`, or `subscribe` and `unsubscribe` for the visible range.
    var event = "change_contact"
    /// Such as `create_user`; nil for the visible range.
    var changeType: String?
    /// Who it is from: the person who enters or leaves the range.
    var sender = "sys"
    /// The rest, by WeCom's names.
    var fields: [JSON.Member] = []
    /// An application that has to see one of these people or departments to be told; everybody is where there are none.
    var people: [User] = []
    var departments: [Int] = []

    static func user(
        _ changeType: String,
        _ id: String,
        before: User? = nil,
        after: User? = nil,
        newID: String? = nil
    ) -> ContactEvent {
        var event = ContactEvent(changeType: changeType, people: [before, after].compactMap { $0 })
        event.fields = [.init(name: "UserID", value: .string(id))]
        if let newID { event.fields.append(.init(name: "NewUserID", value: .string(newID))) }
        if let after {
            let departments = after.departments.map(String.init).joined(separator: ",")
            event.fields.append(.init(name: "Department", value: .string(departments)))
        }
        return event
    }

    static func department(_ changeType: String, _ id: Int, parent: Int) -> ContactEvent {
        var event = ContactEvent(changeType: changeType, departments: [id, parent])
        event.fields = [.init(name: "Id", value: .integer(id)), .init(name: "ParentId", value: .integer(parent))]
        return event
    }

    static func tag(_ id: Int) -> ContactEvent {
        ContactEvent(changeType: "update_tag", fields: [.init(name: "TagId", value: .integer(id))])
    }

    static func range(_ user: String, entered: Bool, agentID: Int) -> ContactEvent {
        ContactEvent(
            event: entered ? "subscribe" : "unsubscribe",
            sender: user,
            fields: [.init(name: "AgentID", value: .integer(agentID))]
        )
    }

    /// Whether an application that may see so much is told.
    func concerns(_ visibility: Visibility) -> Bool {
        people.isEmpty && departments.isEmpty || people.contains(where: visibility.includes)
            || departments.contains { visibility.includes(department: $0) }
    }
}

/// How an event reaches the provider.
enum ContactEnvelope: String, CaseIterable, Sendable {
    /// On the data callback, as if from the corp.
    case data
    /// On the command callback, from the suite.
    case suite
}

extension ContactEvent {
    /// The plain message, XML or JSON.
    func message(_ envelope: ContactEnvelope, suiteID: String, corpID: String, second: Int, isJSON: Bool) -> String {
        let head: [JSON.Member]
        switch envelope {
        case .data:
            head = [
                .init(name: "ToUserName", value: .string(corpID)), .init(name: "FromUserName", value: .string(sender)),
                .init(name: "CreateTime", value: .integer(second)), .init(name: "MsgType", value: "event"),
                .init(name: "Event", value: .string(event)),
            ]
        case .suite:
            head = [
                .init(name: "SuiteId", value: .string(suiteID)), .init(name: "AuthCorpId", value: .string(corpID)),
                .init(name: "InfoType", value: .string(event)), .init(name: "TimeStamp", value: .integer(second)),
            ]
        }
        let change = changeType.map { [JSON.Member(name: "ChangeType", value: .string($0))] } ?? []
        let members = head + change + fields
        if isJSON { return String(buffer: JSON.object(members).bytes) }
        return "<xml>" + members.map { "<\($0.name)>\(Self.xml($0.value))</\($0.name)>" }.joined() + "</xml>"
    }

    private static func xml(_ value: JSON) -> String {
        value.integer.map(String.init) ?? "<![CDATA[\(value.text ?? "")]]>"
    }
}
