public import Messages

extension ClientConfiguration {
    /// How many URIs a client has at most, of all kinds together.
    public static let mostURIs = 100
    /// How many keys a client has at most.
    public static let mostKeys = 10
    /// How many days a session can be gone on with.
    public static let days = 1...365

    /// All that is wrong with it: the rules that the registry holds clients to, and the verifier what it is told of them.
    public var mistakes: [ClientMistake] {
        guard status != .deleted else { return [] }
        return mistakesOfAddresses + mistakesOfProof + mistakesOfSessions
    }

    private var mistakesOfAddresses: [ClientMistake] {
        var mistakes: [ClientMistake] = []
        for (field, uris) in [
            ("redirectURIs", redirectURIs), ("postLogoutRedirectURIs", postLogoutRedirectURIs),
        ] {
            for (index, uri) in uris.enumerated() {
                guard let sentence = RedirectAddress.mistake(uri) else { continue }
                mistakes.append(ClientMistake(field: "\(field)[\(index)]", sentence: sentence))
            }
        }
        if redirectURIs.count + postLogoutRedirectURIs.count > Self.mostURIs {
            let sentence = "Give at most \(Self.mostURIs) URIs, of both kinds together."
            mistakes.append(ClientMistake(field: "redirectURIs", sentence: sentence))
        }
        if let uri = backchannelLogoutURI, let sentence = mistake(ofNotices: uri) {
            mistakes.append(ClientMistake(field: "backchannelLogoutURI", sentence: sentence))
        }
        return mistakes
    }

    /// The verifier calls it by itself: so what one tenant says may not lead to the machine that the verifier runs on.
    private func mistake(ofNotices uri: String) -> String? {
        if let sentence = RedirectAddress.mistake(uri) { return sentence }
        let scheme = uri.prefix { $0 != ":" }.lowercased()
        return scheme == "https" || scheme == "http" && tenant == nil ? nil : "Give a URI of https."
    }

    private var mistakesOfProof: [ClientMistake] {
        var mistakes: [ClientMistake] = []
        if !(authentication == .clientSecret ? 1...2 : 0...0).contains(secrets.count) {
            let sentence = "Give client_secret to a client with secrets, and to no other."
            mistakes.append(ClientMistake(field: "authentication", sentence: sentence))
        }
        if authentication == .privateKey, !(1...Self.mostKeys).contains(keys.count) {
            let sentence = "Give 1 to \(Self.mostKeys) public keys: the client proves itself by them."
            mistakes.append(ClientMistake(field: "keys", sentence: sentence))
        }
        if authentication != .privateKey, !keys.isEmpty {
            let sentence = "Leave the keys out: only a client with private_key_jwt has some."
            mistakes.append(ClientMistake(field: "keys", sentence: sentence))
        }
        for (index, key) in keys.enumerated() {
            guard let sentence = key.mistake else { continue }
            mistakes.append(ClientMistake(field: "keys[\(index)]", sentence: sentence))
        }
        return mistakes
    }

    private var mistakesOfSessions: [ClientMistake] {
        var mistakes: [ClientMistake] = []
        for (field, days) in [("idleDays", idleDays), ("absoluteDays", absoluteDays)] where !Self.days.contains(days) {
            mistakes.append(ClientMistake(field: field, sentence: "Give a whole number of days from 1 to 365."))
        }
        if !scopes.contains(.openid) {
            mistakes.append(
                ClientMistake(field: "scopes", sentence: "Give at least openid: without it nobody logs on.")
            )
        }
        // An administrator's tokens are worth all that the administrator may do: no tenant's client gets to hold them.
        if tenant != nil, scopes.contains(.registry) {
            let sentence = "Leave registry out: only a client for all tenants may act for administrators."
            mistakes.append(ClientMistake(field: "scopes", sentence: sentence))
        }
        return mistakes
    }
}
