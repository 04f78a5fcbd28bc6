import JSONCoding
public import Sealing

extension WeComClient {
    /// `gettoken`: a token for one app in one enterprise.
    ///
    /// - Parameter secret: The app's secret; for a custom-developed app its permanent code (wecom.md §1.5).
    public func getToken(corpID: CorpID, secret: Secret) async throws -> AccessToken {
        let call = Call(
            path: "gettoken",
            query: [("corpid", corpID.rawValue), ("corpsecret", secret.withValue { $0 })],
            secrets: [secret]
        )
        return try await token(in: fields(call))
    }

    /// `service/get_suite_token`: a token for a provider's template.
    ///
    /// - Parameter ticket: The newest suite ticket that WeCom pushed, at most 30 minutes old.
    public func suiteToken(suiteID: SuiteID, secret: Secret, ticket: Secret) async throws -> SuiteToken {
        let body: [String: JSONValue] = [
            "suite_id": .string(suiteID.rawValue),
            "suite_secret": .string(secret.withValue { $0 }),
            "suite_ticket": .string(ticket.withValue { $0 }),
        ]
        return try await token(
            in: fields(Call(path: "service/get_suite_token", body: .object(body), secrets: [secret, ticket]))
        )
    }

    /// `service/get_provider_token`: a token for the provider itself.
    public func providerToken(corpID: CorpID, secret: Secret) async throws -> ProviderToken {
        let body: [String: JSONValue] = [
            "corpid": .string(corpID.rawValue),
            "provider_secret": .string(secret.withValue { $0 }),
        ]
        return try await token(
            in: fields(Call(path: "service/get_provider_token", body: .object(body), secrets: [secret]))
        )
    }

    private func token<Purpose>(in fields: Fields) throws -> Token<Purpose> {
        let seconds = fields.number("expires_in") ?? 7200
        return try Token(
            Secret(fields.requiredText(Purpose.parameter)),
            lifetime: .seconds(min(max(seconds, Self.lifetimes.lowerBound), Self.lifetimes.upperBound))
        )
    }

    /// Seconds that a token is taken to last, whatever WeCom says. One that has no life left would be fetched for each call,
    /// which bans the caller; one that WeCom refuses before its end is renewed all the same.
    private static let lifetimes: ClosedRange<Int64> = 10...86_400
}
