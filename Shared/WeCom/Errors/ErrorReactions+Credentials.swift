extension ErrorReactions {
    /// Secrets, tokens, tickets and codes.
    static let credentials: [ErrorReaction] = renewable + secrets + codes

    private static let renewable: [ErrorReaction] = [
        ErrorReaction(40014, .renewToken, .operator, "the access token is no longer valid", "nothing; it is renewed"),
        ErrorReaction(42001, .renewToken, .operator, "the access token has expired", "nothing; it is renewed"),
        ErrorReaction(40082, .renewToken, .operator, "the suite token is no longer valid", "nothing; it is renewed"),
        ErrorReaction(42009, .renewToken, .operator, "the suite token has expired", "nothing; it is renewed"),
        ErrorReaction(
            40085,
            .awaitTicket,
            .operator,
            "the suite ticket is missing or has expired",
            "WeCom pushes a ticket every ten minutes to the command callback URL; press 're-push ticket' in the provider "
                + "console and check that the callback URL can be reached"
        ),
    ]

    private static let secrets: [ErrorReaction] =
        rows(
            [40001],
            .stop,
            .enterpriseAdministrator,
            "WeCom does not accept the app's secret",
            "check that the app is enabled; if it is an app of your own, copy its secret again from the WeCom admin console "
                + "and save it here, and if it was authorized by QR code, have a new code scanned"
        )
        + rows(
            [40013, 2_000_002],
            .stop,
            .enterpriseAdministrator,
            "WeCom does not know the corp ID",
            "copy the corp ID from 'My Company' in the WeCom admin console"
        )
        + rows(
            [40056],
            .stop,
            .enterpriseAdministrator,
            "WeCom does not know the agent ID",
            "copy the agent ID from the app's page in the WeCom admin console"
        )
        + rows(
            [40080],
            .stop,
            .operator,
            "WeCom does not accept the template's secret",
            "set WECOM_TEMPLATE_SECRET to the secret shown in the provider console"
        )
        + rows(
            [40083, 48003],
            .stop,
            .operator,
            "WeCom does not know the provider's template",
            "check WECOM_TEMPLATE_ID and WECOM_TEMPLATE_SECRET against the provider console"
        )
        + rows(
            [40091],
            .stop,
            .enterpriseAdministrator,
            "the secret belongs to another enterprise",
            "copy corp ID and secret from the same enterprise's admin console"
        )
        + rows(
            [45031],
            .stop,
            .enterpriseAdministrator,
            "WeCom holds the secret for unsafe",
            "reset the app's secret in the WeCom admin console and save the new one here"
        )

    private static let codes: [ErrorReaction] = rows(
        [40029, 40073, 42003, 42022, 84014, 84015],
        .login,
        .employee,
        "the sign-in has expired or was used already",
        "sign in again"
    )
}
