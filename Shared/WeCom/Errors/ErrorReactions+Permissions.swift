extension ErrorReactions {
    /// What an app may call, and from where.
    static let permissions: [ErrorReaction] =
        rows(
            [60020, 301_042],
            .stop,
            .enterpriseAdministrator,
            "WeCom does not accept calls from this server's address",
            "add the address that WeCom names to the app's trusted IPs in the WeCom admin console; it takes effect after "
                + "about a minute"
        )
        + rows(
            [48001],
            .stop,
            .enterpriseAdministrator,
            "the app has not been granted this interface",
            "grant the app the contacts permissions in the WeCom admin console"
        )
        + rows(
            [48002],
            .stop,
            .enterpriseAdministrator,
            "the app may not use this interface",
            "confirm the permissions that the app asks for in the WeCom admin console, and check that it is a custom app"
        )
        + rows(
            [48005, 48006],
            .stop,
            .operator,
            "WeCom has withdrawn this interface",
            "update the program, or ask WeCom to grant the interface again"
        )
        + rows(
            [48008, 48009],
            .stop,
            .enterpriseAdministrator,
            "the contact-sync secret may no longer read the directory",
            "give the secret of an app instead of the contact-sync secret"
        )
        + rows(
            [50001],
            .stop,
            .enterpriseAdministrator,
            "the address the sign-in returns to is not a trusted domain of the app",
            "enter host and port of the callback URL as the app's authorization callback domain in the WeCom admin "
                + "console"
        )
        + rows(
            [85005],
            .stop,
            .enterpriseAdministrator,
            "the ownership of the trusted domain is not verified",
            "verify the domain on the app's page in the WeCom admin console"
        )
        + rows(
            [43009],
            .stop,
            .enterpriseAdministrator,
            "the enterprise is not verified, which this interface needs",
            "verify the enterprise in the WeCom admin console"
        )
        + rows(
            [43012],
            .stop,
            .enterpriseAdministrator,
            "the app needs a callback URL for this interface",
            "configure the app's callback URL in the WeCom admin console"
        )
}
