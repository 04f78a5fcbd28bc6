extension ErrorReactions {
    /// The bond between the enterprise and the app or provider.
    static let authorization: [ErrorReaction] = bonds + members + services

    private static let bonds: [ErrorReaction] =
        rows(
            [40084, 48004],
            .stop,
            .enterpriseAdministrator,
            "the enterprise has withdrawn its authorization",
            "authorize again by scanning a new QR code"
        )
        + rows(
            [40077, 40078, 42007],
            .reauthorize,
            .enterpriseAdministrator,
            "the authorization code has expired or was used already",
            "scan a new QR code"
        )
        + rows(
            [50003, 50006, 60031],
            .stop,
            .enterpriseAdministrator,
            "the app is disabled in the enterprise",
            "enable the app in the WeCom admin console"
        )
        + rows([60246], .stop, .operator, "the app is not published", "publish the app in the provider console")

    private static let members: [ErrorReaction] =
        rows(
            [40133],
            .stop,
            .enterpriseAdministrator,
            "the enterprise does not allow its members to authorize apps",
            "authorize the app as an administrator"
        )
        + rows(
            [40134],
            .stop,
            .enterpriseAdministrator,
            "the app that members authorized is disabled",
            "enable the app in the WeCom admin console"
        )
        + rows(
            [40135, 40140],
            .stop,
            .enterpriseAdministrator,
            "a similar app of the same provider is installed already",
            "remove the other app in the WeCom admin console"
        )

    private static let services: [ErrorReaction] =
        rows(
            [40136, 40137],
            .stop,
            .enterpriseAdministrator,
            "the trial or the service of the app is over",
            "renew the app's service"
        )
        + rows(
            [40138, 40139],
            .stop,
            .enterpriseAdministrator,
            "the enterprise has more people than the app's seats",
            "buy more seats or make the app's visible range smaller"
        )
        + rows(
            [40141, 301_007],
            .stop,
            .enterpriseAdministrator,
            "the enterprise's WeCom account is not in order, was dissolved or blocked",
            "see the notices in the WeCom admin console, or ask WeCom's support"
        )
        + rows(
            [701_008, 701_016, 701_099],
            .stop,
            .operator,
            "the enterprise has no valid interface licence",
            "buy interface licences for the enterprise in the provider console"
        )
}
