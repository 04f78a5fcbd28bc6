import Messages
import Sealing
import Testing

/// How user ids of a connection are compared.
@Suite struct WeComConnectionTests {
    @Test(
        "user ids differ by case where a provider's app is given encrypted ones, and never in an enterprise's own app",
        arguments: [
            (.customDevelopedApp, "ww1e933be11645237c", .insensitive),
            (.customDevelopedApp, "WX1E933BE11645237C", .insensitive),
            (.customDevelopedApp, "wpOolDCwAAaNp2bgvLbNfaDiQwMy9vlQ", .sensitive),
            (.ownApp, "ww1e933be11645237c", .insensitive), (.ownApp, "ww1e933be1164523", .insensitive),
            (.ownApp, "wpOolDCwAAaNp2bgvLbNfaDiQwMy9vlQ", .insensitive),
        ] as [(WeComConnection.Kind, String, UserIDCase)]
    )
    func userIDCase(kind: WeComConnection.Kind, corpID: String, expected: UserIDCase) throws {
        let connection = WeComConnection(
            kind: kind,
            corpID: corpID,
            agentID: 1_000_002,
            secret: try SealedSecret("v1.k1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
        )
        #expect(connection.userIDCase == expected)
    }
}
