/// How long a client can go on with a session that it came for.
struct SessionLifetime: Equatable, Sendable {
    /// From when it came, or last refreshed.
    var idle: Duration = .seconds(30 * 86_400)
    /// From the logon, however often it is refreshed.
    var absolute: Duration = .seconds(90 * 86_400)

    /// How long a session is known that cannot be refreshed: as long as a browser's logon, so that logging off is told
    /// to its client.
    static let online: Duration = .seconds(12 * 3_600)
}
