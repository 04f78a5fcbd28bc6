extension ErrorReactions {
    /// People, departments and tags. None of these proves that somebody was deleted.
    static let directory: [ErrorReaction] =
        rows(
            [60111],
            .skip,
            .enterpriseAdministrator,
            "WeCom does not show this person: gone, or outside the app's visible range",
            "add the person to the app's visible range, if wanted"
        )
        + rows(
            [60011, 60021, 301_021, 660_003, 660_004, 660_005],
            .skip,
            .enterpriseAdministrator,
            "the person, department or tag is outside the app's visible range",
            "add it to the app's visible range, if wanted"
        )
        + rows(
            [50002],
            .skip,
            .enterpriseAdministrator,
            "the person is outside the app's visible range",
            "add the person to the app's visible range, if wanted"
        )
        + rows(
            [81011],
            .skip,
            .enterpriseAdministrator,
            "the app may not see the tag",
            "add the tag to the app's visible range, if its people are wanted"
        )
        + rows(
            [40066, 60003, 60004, 60123, 60124],
            .skip,
            .operator,
            "WeCom does not know this department",
            "nothing; the departments are read again"
        )
        + rows(
            [40003, 40125, 46004],
            .skip,
            .operator,
            "WeCom does not know this person's ID",
            "nothing; the person is left out until WeCom shows them again"
        )
        + rows(
            [40068, 60136, 81013],
            .skip,
            .operator,
            "WeCom does not know what was asked for",
            "nothing; it is left out"
        )
        + rows(
            [43004],
            .skip,
            .employee,
            "the person has not linked a WeChat account",
            "link WeChat in the WeCom client"
        )
}
