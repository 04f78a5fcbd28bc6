import Messages
import Runtime

/// The body of `/api/v1/logon/wecom-state`.
struct NativeBeginning: Sendable {
    let enterpriseID: EnterpriseID
    let idpID: IdentityProviderID
    let schema: String
    let clientID: String
    let codeChallenge: String

    static var rule: Rule<NativeBeginning> {
        Runtime.Form.object { form throws(Mistakes) in
            let enterprise = form.required("enterpriseID", Rule.text(0...100).then(Self.enterprise))
            let idp = form.required("idpID", Rule.text(0...100).then(Self.idp))
            let schema = form.required("schema", .text(0...1_000))
            let client = form.required("clientID", .text(0...1_000))
            let challenge = form.required("codeChallenge", Rule.text(0...200).then(Self.challenge))
            guard let enterprise, let idp, let schema, let client, let challenge else { return nil }
            return NativeBeginning(
                enterpriseID: enterprise,
                idpID: idp,
                schema: schema,
                clientID: client,
                codeChallenge: challenge
            )
        }
    }

    private static func enterprise(_ text: String) throws(Mistakes) -> EnterpriseID {
        guard let id = EnterpriseID(text) else { throw Mistakes("An enterprise ID has 10 letters and digits.") }
        return id
    }

    private static func idp(_ text: String) throws(Mistakes) -> IdentityProviderID {
        guard let id = IdentityProviderID(text) else { throw Mistakes("The identity provider's id is a UUID.") }
        return id
    }

    private static func challenge(_ text: String) throws(Mistakes) -> String {
        guard PKCE.isChallenge(text) else { throw Mistakes("A challenge is a SHA-256 as 43 characters of base64url.") }
        return text
    }
}

/// The body of `/api/v1/logon/wecom-code`.
struct NativeReturn: Sendable {
    let code: String
    let state: String
    let ticket: String
    let codeVerifier: String
    let clientID: String

    static var rule: Rule<NativeReturn> {
        Runtime.Form.object { form throws(Mistakes) in
            let code = form.required("code", .text(1...512))
            let state = form.required("state", .text(1...128))
            let ticket = form.required("ticket", .text(1...8_000))
            let verifier = form.required("codeVerifier", .text(1...128))
            let client = form.required("clientID", .text(0...1_000))
            guard let code, let state, let ticket, let verifier, let client else { return nil }
            return NativeReturn(code: code, state: state, ticket: ticket, codeVerifier: verifier, clientID: client)
        }
    }
}
