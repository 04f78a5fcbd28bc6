import Egress
import Messages
import Runtime
import Sealing
import WeCom

/// The proxy that a request gives.
struct EgressForm: Sendable {
    /// A name or an IP address.
    var host: String
    var port: Int
    /// Given, and perhaps as null; what is left out stays as it is while host and port do.
    var credentials: HTTPProxy.Credentials??

    static let rule = Form.object { form throws(Mistakes) -> EgressForm? in
        let host = form.required("host", Self.host)
        let port = form.required("port", Rule<Int>.integer(in: 1...65_535))
        let credentials = form.optional("credentials", Self.credentials.orNull)
        guard let host, let port else { return nil }
        return EgressForm(host: host, port: port, credentials: credentials)
    }

    private static let host = Rule<String>.text(1...253, bytes: 253).then { text throws(Mistakes) in
        guard IPAddress(text) != nil || isName(text) else {
            throw Mistakes(
                "Give the proxy's name or IP address alone, such as proxy.example.com, without a scheme or a port."
            )
        }
        return text.lowercased()
    }

    private static func isName(_ text: String) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
        }
    }

    private static let credentials = Form.object { form throws(Mistakes) -> HTTPProxy.Credentials? in
        let user = form.required("user", Self.user)
        let password = form.required("password", Rule<String>.text(1...256))
        guard let user, let password else { return nil }
        return HTTPProxy.Credentials(user: user, password: Secret(password))
    }

    private static let user = Rule<String>.text(1...128).then { user throws(Mistakes) in
        guard !user.contains(":") else { throw Mistakes("Leave out the colon: no user of a proxy can have one.") }
        return user
    }
}

/// Takes proxies from administrators.
struct EgressSettings: Sendable {
    let policy: EgressPolicy
    let keys: SealingKeys

    /// Changes the proxy as a request says, its credentials sealed.
    ///
    /// - Parameter egress: Given, and perhaps as null, which takes the proxy back.
    /// - Throws: ``Problem`` 400 for an address that a proxy may not have.
    func apply(_ egress: EgressForm??, to configuration: inout IdentityProviderConfiguration) throws {
        guard let egress else { return }
        guard let egress else {
            configuration.egress = nil
            return
        }
        if let address = IPAddress(egress.host), !policy.admits(address) {
            let message = """
                A proxy may not be at \(egress.host). Give one with a public address; for a private one the operator has \
                to allow its network by EGRESS_PRIVATE_NETWORKS.
                """
            throw Problem.invalid([FieldError("egress.host", message)])
        }
        configuration.egress = EgressProxy(
            host: egress.host,
            port: egress.port,
            credentials: try credentials(of: egress, after: configuration.egress, of: configuration.id)
        )
    }

    /// Credentials are for one proxy: they do not stay when it is another.
    private func credentials(
        of egress: EgressForm,
        after known: EgressProxy?,
        of id: IdentityProviderID
    ) throws -> SealedSecret? {
        switch egress.credentials {
        case .some(let given): try given.map { try keys.seal($0.joined, context: EgressProxy.context(of: id)) }
        case nil: known?.host == egress.host && known?.port == egress.port ? known?.credentials : nil
        }
    }
}

/// A proxy as the API shows it: never with its credentials.
struct EgressView: Encodable, Sendable, Equatable {
    var host: String
    var port: Int
    var hasCredentials: Bool

    init(_ egress: EgressProxy) {
        host = egress.host
        port = egress.port
        hasCredentials = egress.credentials != nil
    }
}
