/// `tag/…` (wecom.md §3.10).
struct TagEndpoints: Sendable {
    var table: [String: Endpoint] { ["tag/list": .get(.access(list)), "tag/get": .get(.access(get))] }

    @Sendable private func list(_ call: APICall, _ grant: AccessGrant) throws -> Answer {
        let tags = grant.corp.organisation.tags.values.sorted { $0.id < $1.id }
        return .ok(["taglist": .array(tags.map { ["tagid": .integer($0.id), "tagname": .string($0.name)] })])
    }

    @Sendable private func get(_ call: APICall, _ grant: AccessGrant) throws -> Answer {
        guard let id = try call.integer("tagid", else: .invalidTagID) else { throw Refusal.missingTagID }
        let organisation = grant.corp.organisation
        guard let tag = organisation.tags[id] else { throw Refusal.invalidTagID }
        let visibility = grant.corp.withState { state in state.withView(grant.viewKey) { view, _ in view.visibility } }
        let users = tag.users.compactMap(organisation.user).filter(visibility.includes)
        let isNamed = grant.viewKey.fields.contains(.userName)
        return .ok([
            "tagname": .string(tag.name),
            "userlist": .array(
                users.map {
                    isNamed ? ["userid": .string($0.id), "name": .string($0.name)] : ["userid": .string($0.id)]
                }
            ),
            "partylist": JSON(tag.departments.filter { visibility.includes(department: $0) }),
        ])
    }
}
