import ClientRules
import Messages
import Runtime

/// What a request says of a client; what it leaves out is nil.
struct ClientForm: Sendable {
    var name: String?
    var status: ClientConfiguration.Status?
    var keys: [ClientKey]?
    var redirectURIs: [String]?
    var postLogoutRedirectURIs: [String]?
    var backchannelLogoutURI: String??
    var scopes: [ClientScope]?
    var idTokenAlgorithm: SigningAlgorithm?
    var isNative: Bool?
    var usesDeviceFlow: Bool?
    var idleDays: Int?
    var absoluteDays: Int?

    /// What is asked for a new client.
    struct New: Sendable {
        var clientID: ClientName?
        var tenant: TenantID?
        var authentication: ClientConfiguration.Authentication
        var settings: ClientForm
    }

    /// The fields of a new client.
    static let new = Form.object { form throws(Mistakes) -> New? in
        let name = form.required("name", .title(1...100))
        let authentication = form.required("authentication", Rule<ClientConfiguration.Authentication>.word)
        let clientID = form.optional("clientID", clientName.orNull)
        let tenant = form.optional("tenantID", Rule<TenantID>.identifier("tenant").orNull)
        let settings = read(&form, name)
        guard let authentication else { return nil }
        return New(
            clientID: clientID ?? nil,
            tenant: tenant ?? nil,
            authentication: authentication,
            settings: settings
        )
    }

    /// The fields of a change: what a client is called, whose it is and how it proves itself stay.
    static let change = Form.object { form throws(Mistakes) -> ClientForm? in
        let name = form.optional("name", .title(1...100))
        return read(&form, name)
    }

    /// For how many hours the former secret counts beside the new one.
    static let rotation = Form.object { form throws(Mistakes) -> Int? in
        form.optional("overlapHours", .integer(in: 0...720, of: "hours")) ?? 24
    }

    private static func read(_ form: inout Form, _ name: String?) -> ClientForm {
        let uri = Rule<String>.text(0...RedirectAddress.longest)
        let uris = uri.list(upTo: ClientConfiguration.mostURIs)
        return ClientForm(
            name: name,
            status: form.optional("status", status),
            keys: form.optional("keys", ClientKeyForm.rule.list(upTo: ClientConfiguration.mostKeys)),
            redirectURIs: form.optional("redirectURIs", uris),
            postLogoutRedirectURIs: form.optional("postLogoutRedirectURIs", uris),
            backchannelLogoutURI: form.optional("backchannelLogoutURI", uri.orNull),
            scopes: form.optional("scopes", Rule<ClientScope>.word.list(upTo: 20).then { $0.withoutRepetitions }),
            idTokenAlgorithm: form.optional("idTokenAlgorithm", Rule<SigningAlgorithm>.word),
            isNative: form.optional("native", .boolean),
            usesDeviceFlow: form.optional("deviceFlow", .boolean),
            idleDays: form.optional("idleDays", .integer(in: ClientConfiguration.days, of: "days")),
            absoluteDays: form.optional("absoluteDays", .integer(in: ClientConfiguration.days, of: "days"))
        )
    }

    private static let status = Rule<ClientConfiguration.Status>.word.then { status throws(Mistakes) in
        guard status != .deleted else { throw Mistakes("Give \"enabled\" or \"disabled\", or delete the client.") }
        return status
    }

    private static let clientName = Rule<ClientName> { json throws(Mistakes) in
        guard case .string(let text) = json, let name = ClientName(text) else {
            throw Mistakes("Give 1 to 200 visible ASCII characters without a space, not \(json.shown).")
        }
        return name
    }

    /// Puts what is given in its place.
    func apply(to client: inout ClientConfiguration) {
        if let name { client.name = name }
        if let status { client.status = status }
        if let keys { client.keys = keys }
        if let redirectURIs { client.redirectURIs = redirectURIs.withoutRepetitions }
        if let postLogoutRedirectURIs { client.postLogoutRedirectURIs = postLogoutRedirectURIs.withoutRepetitions }
        if let backchannelLogoutURI { client.backchannelLogoutURI = backchannelLogoutURI }
        if let scopes { client.scopes = scopes }
        if let idTokenAlgorithm { client.idTokenAlgorithm = idTokenAlgorithm }
        if let isNative { client.isNative = isNative }
        if let usesDeviceFlow { client.usesDeviceFlow = usesDeviceFlow }
        if let idleDays { client.idleDays = idleDays }
        if let absoluteDays { client.absoluteDays = absoluteDays }
    }
}

/// One public key of a JWK Set (RFC 7517).
enum ClientKeyForm {
    static let rule = Form.object { form throws(Mistakes) -> ClientKey? in
        let family = form.required("kty", Rule<ClientKey.Family>.word)
        let algorithm = form.optional("alg", Rule<SigningAlgorithm>.word)
        let part = Rule<String>.text(1...1_000)
        let (kid, crv) = (form.optional("kid", .text(1...200)), form.optional("crv", part))
        let (x, y) = (form.optional("x", part), form.optional("y", part))
        let (n, e) = (form.optional("n", part), form.optional("e", part))
        // Says what a key may be used for; ours sign.
        _ = form.optional("use", Rule<Use>.word)
        form.forbidden("d", "Give the public key alone: leave out \"d\", and keep it secret.")
        guard let family else { return nil }
        var key = ClientKey(curveX: "", y: "", kid: kid)
        (key.kty, key.alg) = (family, algorithm ?? (family == .rsa ? .rs256 : .es256))
        (key.crv, key.x, key.y, key.n, key.e) = (crv, x, y, n, e)
        return key
    }

    private enum Use: String, CaseIterable { case sig }
}

extension ClientConfiguration {
    /// Throws 400 with every mistake.
    func check() throws {
        let mistakes = mistakes
        guard mistakes.isEmpty else { throw Problem.invalid(mistakes.map { FieldError($0.field, $0.sentence) }) }
    }
}
