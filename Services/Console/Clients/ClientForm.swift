import Foundation
import Runtime
import Web

/// A program that lets people log on, as its form shows it: as it is stored, or as it was typed.
struct ClientForm: Sendable {
    struct TenantChoice: Sendable {
        let id: String
        let name: String
        let isChosen: Bool
    }

    let title: String
    let base: String
    let version: String
    let isNew: Bool
    let clientID: String
    /// Whose people it is for; nil for everybody's.
    let place: String?
    let isEverywhere: Bool
    let tenants: [TenantChoice]
    let way: String
    let ways: [Choice]
    let statuses: [Choice]
    let name: String
    let redirectURIs: String
    let postLogoutRedirectURIs: String
    let backchannelLogoutURI: String
    let keys: String
    let hasKeys: Bool
    let hasSecret: Bool
    let formerSecretUntil: Moment?
    let scopes: [Choice]
    let algorithms: [Choice]
    let isNative: Bool
    let usesDeviceFlow: Bool
    let idleDays: String
    let absoluteDays: String
    let mayChange: Bool
    /// What somebody else stored meanwhile.
    let storedNow: StoredNow?

    /// A new client's.
    init(of tenants: [Tenant], _ visit: Visit) {
        self.init(nil, tenants, visit)
    }

    /// A client's.
    init(_ client: Client, _ tenants: [Tenant], _ visit: Visit) {
        self.init(Optional(client), tenants, visit)
    }

    private init(_ client: Client?, _ tenants: [Tenant], _ visit: Visit) {
        let (texts, form) = (visit.texts, visit.form)
        let typed = form["redirects"] != nil || form["name"] != nil ? form : nil
        title = client?.name ?? texts["client.new"]
        base = client.map { "/clients/\($0.id)" } ?? "/clients/new"
        version = client.map { visit.version(now: $0.revision) } ?? ""
        isNew = client == nil
        clientID = client?.clientID ?? form["clientID"] ?? ""
        place = client?.tenantID.map { id in tenants.first { $0.id == id }?.name ?? id }
        isEverywhere = visit.context.session?.tenantID == nil
        self.tenants = tenants.map { TenantChoice(id: $0.id, name: $0.name, isChosen: $0.id == form["tenant"]) }
        let way = client?.authentication ?? form["authentication"] ?? "none"
        self.way = texts["client.\(way)"]
        ways = Choice.all(Client.ways, chosen: [way], texts)
        statuses = Choice.all(["enabled", "disabled"], chosen: [typed?["status"] ?? client?.status ?? ""], texts)
        name = typed.map { $0["name"] ?? "" } ?? client?.name ?? ""
        redirectURIs = typed.map { $0["redirects"] ?? "" } ?? client?.redirectURIs.joined(separator: "\n") ?? ""
        postLogoutRedirectURIs =
            typed.map { $0["postLogout"] ?? "" } ?? client?.postLogoutRedirectURIs.joined(separator: "\n") ?? ""
        backchannelLogoutURI = typed.map { $0["backchannel"] ?? "" } ?? client?.backchannelLogoutURI ?? ""
        keys = typed?["keys"] ?? client?.shownKeys ?? ""
        hasKeys = client == nil || way == "private_key_jwt"
        hasSecret = client != nil && way == "client_secret"
        formerSecretUntil = client?.formerSecretUntil.map { Moment($0, visit) }
        let chosen = typed.map { $0.all("scope") } ?? client?.scopes ?? Client.usualScopes
        let isForAll = client.map { $0.tenantID == nil } ?? isEverywhere
        scopes = Choice.all(Client.scopes + (isForAll ? [Client.administratorsScope] : []), chosen: chosen, texts)
        let algorithm = typed?["algorithm"] ?? client?.idTokenAlgorithm ?? Client.usualAlgorithm
        algorithms = Client.algorithms.map { Choice(value: $0, label: $0, isChosen: $0 == algorithm) }
        isNative = typed.map { $0["native"] != nil } ?? client?.native ?? false
        usesDeviceFlow = typed.map { $0["device"] != nil } ?? client?.deviceFlow ?? false
        idleDays = typed.map { $0["idle"] ?? "" } ?? "\(client?.idleDays ?? 30)"
        absoluteDays = typed.map { $0["absolute"] ?? "" } ?? "\(client?.absoluteDays ?? 90)"
        mayChange = visit.may(.admin)
        storedNow = client.flatMap { Self.storedNow($0, form, visit) }
    }

    /// What the form says that differs from what is stored, where somebody else was faster.
    private static func storedNow(_ client: Client, _ form: FormFields, _ visit: Visit) -> StoredNow? {
        func value(_ name: String, _ field: String, _ stored: String) -> StoredValue {
            StoredValue(visit.texts["field.\(name)"], typed: (form[field] ?? "").lines, stored: stored)
        }
        return StoredNow(
            [
                value("clientName", "name", client.name),
                value("redirectURIs", "redirects", client.redirectURIs.joined(separator: "\n")),
                value("postLogoutRedirectURIs", "postLogout", client.postLogoutRedirectURIs.joined(separator: "\n")),
                value("backchannelLogoutURI", "backchannel", client.backchannelLogoutURI ?? ""),
                value("idleDays", "idle", "\(client.idleDays)"),
                value("absoluteDays", "absolute", "\(client.absoluteDays)"),
            ],
            visit
        )
    }

    /// What the registry is sent of a form.
    static func body(of form: FormFields) -> [String: JSON] {
        func uris(_ name: String) -> JSON { .array((form[name] ?? "").entriesOfLines.map { .string($0) }) }
        func days(_ name: String) -> JSON {
            let text = form[name] ?? ""
            return Int64(text).map { .integer($0) } ?? .string(text)
        }
        return [
            "name": .string(form["name"] ?? ""), "redirectURIs": uris("redirects"),
            "postLogoutRedirectURIs": uris("postLogout"),
            "backchannelLogoutURI": form["backchannel"].map { .string($0.trimming) } ?? .null,
            "keys": keys(form["keys"] ?? ""), "scopes": .array((["openid"] + form.all("scope")).map { .string($0) }),
            "idTokenAlgorithm": .string(form["algorithm"] ?? Client.usualAlgorithm),
            "native": .boolean(form["native"] != nil),
            "deviceFlow": .boolean(form["device"] != nil),
            "idleDays": days("idle"), "absoluteDays": days("absolute"),
        ]
    }

    /// A JWK Set, or the list in it; what is neither the registry refuses.
    private static func keys(_ text: String) -> JSON {
        guard !text.trimming.isEmpty else { return .array([]) }
        guard let json = try? JSON(parsing: Data(text.utf8)) else { return .string(text) }
        if case .object(let members) = json, let keys = members["keys"] { return keys }
        return json
    }
}

extension Choice {
    /// Values that the texts' group `client` names.
    fileprivate static func all(_ values: [String], chosen: [String], _ texts: Texts) -> [Choice] {
        values.map { Choice(value: $0, label: texts["client.\($0)"], isChosen: chosen.contains($0)) }
    }
}

extension String {
    /// What somebody typed one a line.
    fileprivate var entriesOfLines: [String] {
        split(whereSeparator: \.isNewline).map(\.trimming).filter { !$0.isEmpty }
    }

    /// The same as it is stored.
    fileprivate var lines: String { entriesOfLines.joined(separator: "\n") }
}
