import Sealing

extension CallbackEvent {
    /// Reads a decrypted message, which is XML or, as the administrator chose, JSON with the same names.
    ///
    /// Throws ``CallbackError/badXML`` or ``CallbackError/badJSON``, or ``CallbackError/missingElement(_:)`` for a known
    /// event that lacks something.
    public init(message: [UInt8]) throws {
        let element = try XMLElement(message: message)
        if let type = element.text("InfoType") {
            self = try Self.provider(type, element)
        } else if let type = element.text("Event") {
            self = try Self.enterprise(type, element)
        } else {
            self = .other(type: element.text("MsgType") ?? "")
        }
    }

    /// Events of a provider's template or suite.
    private static func provider(_ type: String, _ element: XMLElement) throws -> CallbackEvent {
        switch type {
        case "suite_ticket":
            try .suiteTicket(suite: element.suite(), ticket: element.secret("SuiteTicket"))
        case "create_auth":
            try .createAuth(suite: element.suite(), authCode: element.secret("AuthCode"), state: element.text("State"))
        case "change_auth":
            try .changeAuth(suite: element.suite(), corp: element.corp("AuthCorpId"), state: element.text("State"))
        case "cancel_auth":
            try .cancelAuth(suite: element.suite(), corp: element.corp("AuthCorpId"))
        case "reset_permanent_code":
            try .resetPermanentCode(suite: element.suite(), authCode: element.secret("AuthCode"))
        case "change_contact":
            try contact(element, corp: element.corp("AuthCorpId"))
        default: .other(type: type)
        }
    }

    /// Events of an enterprise, on the data callback.
    private static func enterprise(_ type: String, _ element: XMLElement) throws -> CallbackEvent {
        switch type {
        case "change_contact":
            return try contact(element, corp: element.corp("ToUserName"))
        case "subscribe", "unsubscribe":
            let change = try ContactChange(
                corp: element.corp("ToUserName"),
                subject: .visibility(userID: element.required("FromUserName")),
                kind: type == "subscribe" ? .created : .deleted
            )
            return .changeContact(change)
        default: return .other(type: type)
        }
    }

    private static func contact(_ element: XMLElement, corp: CorpID) throws -> CallbackEvent {
        let type = try element.required("ChangeType")
        let words = type.split(separator: "_")
        let kinds: [Substring: ContactChange.Kind] = ["create": .created, "update": .updated, "delete": .deleted]
        guard words.count == 2, let kind = kinds[words[0]] else { return .other(type: "change_contact/" + type) }
        let subject: ContactChange.Subject
        switch words[1] {
        case "user": subject = try .user(id: element.required("UserID"), newID: element.text("NewUserID"))
        case "party": subject = try .department(id: element.number("Id"))
        case "tag": subject = try .tag(id: element.number("TagId"))
        default: return .other(type: "change_contact/" + type)
        }
        return .changeContact(ContactChange(corp: corp, subject: subject, kind: kind))
    }
}

extension XMLElement {
    fileprivate func required(_ name: String) throws -> String {
        guard let text = text(name) else { throw CallbackError.missingElement(name) }
        return text
    }

    fileprivate func secret(_ name: String) throws -> Secret { try Secret(required(name)) }

    fileprivate func number(_ name: String) throws -> Int64 {
        guard let number = try Int64(required(name)) else { throw CallbackError.missingElement(name) }
        return number
    }

    fileprivate func corp(_ name: String) throws -> CorpID {
        guard let corp = try? CorpID(required(name)) else { throw CallbackError.missingElement(name) }
        return corp
    }

    fileprivate func suite() throws -> SuiteID {
        guard let suite = try? SuiteID(required("SuiteId")) else { throw CallbackError.missingElement("SuiteId") }
        return suite
    }
}
