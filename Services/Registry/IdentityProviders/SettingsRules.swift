import Messages
import Runtime
import Sealing
import WeCom

/// What the settings of an identity provider may be (product.md, "Create a WeCom identity provider").
enum SettingsRules {
    static let name = Rule<IdentityProviderName> { json throws(Mistakes) in
        guard case .string(let text) = json else { throw Mistakes("Give a text in quotes, not \(json.shown).") }
        do throws(IdentityProviderName.InvalidName) {
            return try IdentityProviderName(text)
        } catch {
            throw Mistakes(error.description)
        }
    }

    static let description = Rule<String>.title(1...200)

    static let status = Rule<IdentityProviderConfiguration.Status> { json throws(Mistakes) in
        switch json {
        case .string("enabled"): return .enabled
        case .string("closed"): return .closed
        default: throw Mistakes("Give \"enabled\" or \"closed\", not \(json.shown).")
        }
    }

    static let cycle = Rule<Int>.integer(in: SyncCycle.allowed, of: "hours").then { hours throws(Mistakes) in
        guard let cycle = SyncCycle(rawValue: hours) else { throw Mistakes("Give 1 to 24 hours.") }
        return cycle
    }

    static let quietHours = Form.object { form throws(Mistakes) -> QuietHours? in
        let from = form.required("from", Rule<Int>.integer(in: 0...23, of: "hours"))
        let to = form.required("to", Rule<Int>.integer(in: 0...23, of: "hours"))
        let zone = form.required("timeZone", Rule<String>.text(1...64))
        guard let from, let to, let zone else { return nil }
        if from == to { form.add("Give another hour than from: some of the day has to be left.", to: "to") }
        if QuietHours.zone(zone) == nil {
            form.add("Give a time zone by its name, such as \"Asia/Shanghai\" or \"UTC\".", to: "timeZone")
        }
        return QuietHours(from: from, to: to, timeZone: zone)
    }

    static let scope = Form.object { form throws(Mistakes) -> SynchronizationScope? in
        switch form.required("kind", Rule<ScopeKind>.word) {
        case .all:
            form.forbidden("departments", "Leave the departments out, or give \"kind\": \"departments\".")
            return .all
        case .departments:
            let ids = form.required("departments", Rule<Int>.integer(in: 1...Int(Int32.max)).list(upTo: 1_000))
            guard let ids else { return nil }
            if ids.isEmpty { form.add("Give at least one department, or \"kind\": \"all\".", to: "departments") }
            var seen: Set<Int> = []
            return .departments(ids.filter { seen.insert($0).inserted }.map(Int64.init))
        case nil:
            _ = form.optional("departments", Rule<Int>.integer(in: 1...Int(Int32.max)).list(upTo: 1_000))
            return nil
        }
    }

    static let schema = Rule<String> { json throws(Mistakes) in
        guard case .string(let text) = json else {
            throw Mistakes("Give a schema in quotes, such as \(NativeSchemaFault.example), not \(json.shown).")
        }
        if let fault = NativeSchemaFault(text) {
            throw Mistakes(
                """
                \(json.shown) is no schema: \(fault.explanation). WeCom's administration shows it under the app's \
                "企业微信授权登录"; where corp ID and agent ID are plain, leave the field out: it is worked out from them.
                """
            )
        }
        return text.lowercased()
    }

    static let ownApp = Form.object { form throws(Mistakes) -> OwnApp? in
        let corpID = form.required("corpID", Self.corpID)
        let agentID = form.required("agentID", Self.agentID)
        let secret = form.required("secret", Rule<String>.text(1...512))
        guard let corpID, let agentID, let secret else { return nil }
        return OwnApp(corpID: corpID, agentID: agentID, secret: Secret(secret))
    }

    private static let corpID = Rule<CorpID> { json throws(Mistakes) in
        guard case .string(let text) = json, let id = try? CorpID(text) else {
            throw Mistakes("Give the corp ID, such as ww1e933be11645237c, from WeCom's \"我的企业\", not \(json.shown).")
        }
        return id
    }

    private static let agentID = Rule<AgentID> { json throws(Mistakes) in
        guard case .integer(let number) = json, let id = try? AgentID(Int(number)) else {
            throw Mistakes("Give the app's AgentId, a whole number such as 1000002, not \(json.shown).")
        }
        return id
    }
}

private enum ScopeKind: String, CaseIterable { case all, departments }

/// The credentials of an app that the enterprise made itself (wecom.md §0.1).
struct OwnApp: Sendable, Equatable {
    var corpID: CorpID
    var agentID: AgentID
    var secret: Secret
}
