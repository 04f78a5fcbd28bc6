/// How an authorizing corp and its application are described to the provider (wecom.md §1.7).
enum AuthorizedCorp {
    static func short(_ corp: Corp) -> JSON { ["corpid": .string(corp.id), "corp_name": .string(corp.name)] }

    static func withoutCode(_ corp: Corp) -> JSON {
        let size = corp.withState { $0.organisation.userCount }
        return short(corp).adding([
            .init(name: "corp_type", value: "verified"),
            .init(name: "corp_square_logo_url", value: "https://wework.qpic.cn/wwpic/corp/0"),
            .init(name: "corp_user_max", value: .integer(size + 1000)),
            .init(name: "corp_full_name", value: .string(corp.name)),
            .init(name: "verified_end_time", value: 1_893_456_000),
            .init(name: "subject_type", value: 1),
            .init(name: "corp_scale", value: ""),
            .init(name: "corp_industry", value: "IT服务"),
            .init(name: "corp_sub_industry", value: ""),
        ])
    }

    static func long(_ corp: Corp) -> JSON {
        withoutCode(corp).adding([.init(name: "corp_wxqrcode", value: "https://wework.qpic.cn/wwpic/qr/0")])
    }

    static func agents(_ agents: [Agent]) -> JSON { ["agent": .array(agents.map(describe))] }

    private static func describe(_ agent: Agent) -> JSON {
        [
            "agentid": .integer(agent.id),
            "name": .string(agent.name),
            "square_logo_url": "https://wework.qpic.cn/bizmail/logo/0",
            "round_logo_url": "https://wework.qpic.cn/bizmail/logo/0",
            "auth_mode": 0,
            "is_customized_app": .bool(agent.templateID != nil),
            "auth_from_thirdapp": false,
            "privilege": [
                "level": 1,
                "allow_party": JSON(agent.range.departments),
                "allow_user": JSON(agent.range.users),
                "allow_tag": JSON(agent.range.tags),
                "extra_party": [],
                "extra_user": [],
                "extra_tag": [],
            ],
        ]
    }
}
