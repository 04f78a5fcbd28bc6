/// `agent/…`: what an application may know about itself (wecom.md §1.8, §3.11).
struct AgentEndpoints: Sendable {
    let simulator: Simulator

    var table: [String: Endpoint] {
        [
            "agent/get": .get(.access(get)),
            "agent/list": .get(.access(list)),
            "agent/get_admin_list": .post(.access(administrators)),
            "agent/get_permissions": .post(.access(permissions)),
        ]
    }

    private static let logo = "https://wework.qpic.cn/bizmail/logo/0"

    @Sendable private func get(_ call: APICall, _ grant: AccessGrant) throws -> Answer {
        guard let id = try call.integer("agentid", else: .invalidAgentID) else { throw Refusal.missingAgentID }
        let agent = try grant.requireAgent()
        guard id == agent.id else { throw Refusal.otherAgent }
        return .ok(
            JSON.object([
                .init(name: "agentid", value: .integer(agent.id)),
                .init(name: "name", value: .string(agent.name)),
                .init(name: "square_logo_url", value: .string(Self.logo)),
                .init(name: "description", value: ""),
                .init(
                    name: "allow_userinfos",
                    value: ["user": .array(agent.range.users.map { ["userid": .string($0)] })]
                ),
                .init(name: "allow_partys", value: ["partyid": JSON(agent.range.departments)]),
                .init(name: "allow_tags", value: ["tagid": JSON(agent.range.tags)]),
                .init(name: "close", value: agent.isClosed ? 1 : 0),
                .init(name: "redirect_domain", value: .string(agent.redirectDomain)),
                .init(name: "report_location_flag", value: 0),
                .init(name: "isreportenter", value: 0),
                .init(name: "home_url", value: ""),
            ]).adding(
                agent.templateID == nil
                    ? [] : [.init(name: "customized_publish_status", value: .integer(agent.publishStatus))]
            )
        )
    }

    @Sendable private func list(_ call: APICall, _ grant: AccessGrant) throws -> Answer {
        let agents = grant.agent.map { [$0] } ?? []
        return .ok([
            "agentlist": .array(
                agents.map {
                    ["agentid": .integer($0.id), "name": .string($0.name), "square_logo_url": .string(Self.logo)]
                }
            )
        ])
    }

    @Sendable private func administrators(_ call: APICall, _ grant: AccessGrant) throws -> Answer {
        _ = try grant.requireAgent()
        let ids = grant.corp.administratorID.map { [$0] } ?? []
        return .ok(["admin": .array(ids.map { ["userid": .string($0), "auth_type": 1] })])
    }

    @Sendable private func permissions(_ call: APICall, _ grant: AccessGrant) throws -> Answer {
        let agent = try grant.requireAgent()
        return .ok(["app_permissions": JSON(agent.fields.permissions), "app_permissions_ext": []])
    }
}
