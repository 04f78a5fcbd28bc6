extension ErrorReactions {
    /// Load, limits and moods of WeCom itself.
    static let platform: [ErrorReaction] = [
        ErrorReaction(-1, .retry, .operator, "WeCom is busy", "nothing; it is tried again"),
        ErrorReaction(6000, .retry, .operator, "the data changed while WeCom read it", "nothing; it is tried again"),
        ErrorReaction(
            45009,
            .pause,
            .operator,
            "the enterprise has reached WeCom's limit of calls",
            "nothing; calls go on after a pause. If it happens every time, lengthen the synchronization cycle or use "
                + "WeCom's self-service unblocking tool"
        ),
        ErrorReaction(
            45029,
            .split,
            .operator,
            "the answer is too large for WeCom to give at once",
            "nothing; smaller departments are asked for"
        ),
        ErrorReaction(
            45033,
            .lowerConcurrency,
            .operator,
            "too many calls for this enterprise ran at once",
            "nothing; fewer run at once from now on"
        ),
        ErrorReaction(
            50100,
            .restartPaging,
            .operator,
            "WeCom no longer knows the place in the list",
            "nothing; the list is read again"
        ),
    ]

    /// Requests that we must not send.
    static let requests: [ErrorReaction] =
        rows(
            [
                40031, 40032, 40035, 40058, 40063, 40086, 40093, 41001, 41002, 41004, 41008, 41009, 41011, 41017, 41021,
                41022, 41023, 41024, 41025, 47001, 60221, 84025, 301_025,
            ],
            .bug,
            .operator,
            "WeCom found a fault in the request",
            "report it with the code and the hint: the program sent something WeCom does not take"
        ) + [
            ErrorReaction(
                301_002,
                .bug,
                .enterpriseAdministrator,
                "the secret belongs to another app than the agent ID names",
                "copy agent ID and secret from the same app's page in the WeCom admin console"
            )
        ]
}
