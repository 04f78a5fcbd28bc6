/// Which addresses WeCom has.
struct NetworkEndpoints: Sendable {
    var table: [String: Endpoint] {
        ["getcallbackip": .get(.access(addresses)), "get_api_domain_ip": .get(.access(addresses))]
    }

    @Sendable private func addresses(_ call: APICall, _ grant: AccessGrant) throws -> Answer {
        .ok(["ip_list": ["127.0.0.1", "::1"]])
    }
}
