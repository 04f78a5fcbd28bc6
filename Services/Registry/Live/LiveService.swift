import Egress
import JSONCoding
import Logging
import Mapping
import Messages
import Runtime
import Sealing
import WeCom

/// Reads from WeCom what an administrator has to see while setting up; nothing of it is kept.
struct LiveService: Sendable {
    let providers: IdentityProviderStore
    let wecom: WeComClient
    let keys: SealingKeys
    let budget: OutsideBudget
    let memory: any CredentialMemory
    let logger: Logger

    /// How many departments at most are asked how many people they have, and for how many calls at once.
    private static let (counted, calls) = (200, 5)
    /// Departments at most that people are looked for in.
    private static let searched = 8

    private static let session = SessionSettings(
        concurrency: calls,
        busyRetries: 1,
        transportRetries: 1,
        concurrencyRetries: 2,
        pause: .seconds(1),
        maximumPauses: 0
    )

    /// The departments that the app sees, in WeCom's order. Where there are not too many, each says how many people it
    /// has itself.
    ///
    /// Throws 409 where nothing is connected, 422 and 503 when WeCom does not answer with them.
    func departments(of provider: IdentityProvider) async throws -> [VisibleDepartment] {
        try await asking(provider) { session in
            let list = LiveAnswer.objects("department", in: try await session.departmentList())
            let departments = list.compactMap(VisibleDepartment.init)
            guard departments.count <= Self.counted else { return departments }
            let people = try await Self.count(departments.map(\.id), session)
            return departments.map { department in
                var department = department
                department.people = people[department.id]
                return department
            }
        }
    }

    /// What the mapping makes of a few live people.
    ///
    /// Throws as ``departments(of:)`` does.
    func preview(_ form: PreviewForm, of provider: IdentityProvider) async throws -> MappingPreview {
        try await asking(provider) { session in
            var bodies: [[UInt8]] = []
            if let id = form.user, let id = try? WeComUserID(id, of: session.corpID) {
                do {
                    bodies.append(try await session.user(id))
                } catch let error as WeComError where error.reaction == .skip {
                    // Whoever is not there is not shown.
                }
            }
            if bodies.count < form.count {
                bodies += try await Self.somebody(session, upTo: form.count - bodies.count, but: form.user)
            }
            let rules = form.rules(or: provider.configuration)
            let inForce = CompiledMapping(provider.configuration)
            let tried = CompiledMapping(
                rules.mapping,
                filter: rules.filter,
                extendedFields: provider.configuration.extendedFields
            )
            if tried.asksForDepartmentPaths || inForce.asksForDepartmentPaths {
                bodies = try await session.addingDepartmentPaths(to: bodies)
            }
            return MappingPreview(bodies, tried, inForce: inForce)
        }
    }

    private func asking<Value: Sendable>(
        _ provider: IdentityProvider,
        _ body: (CorpSession) async throws -> Value
    ) async throws -> Value {
        let configuration = provider.configuration
        guard configuration.isConnected, let connection = configuration.connection,
            let corpID = try? CorpID(connection.corpID)
        else { throw Problem.notConnectedYet }
        let proxy = try HTTPProxy.of(configuration, openedBy: keys)
        try await budget.spend(OutsideCall(.look, tenant: provider.tenant, corp: corpID, proxy: proxy))
        let session = CorpSession(
            client: wecom.through(proxy),
            corpID: corpID,
            secret: try keys.open(connection.secret, context: configuration.id.description),
            settings: Self.session,
            memory: memory,
            logger: logger
        )
        do {
            return try await body(session)
        } catch let error as WeComError {
            throw Problem.refused(by: error)
        }
    }

    /// Departments that cannot be looked into are left out: a number is a help, and no more.
    private static func count(_ departments: [Int64], _ session: CorpSession) async throws -> [Int64: Int] {
        try await withThrowingTaskGroup(of: (Int64, Int?).self) { group in
            for department in departments {
                group.addTask {
                    let body = try? await members(of: department, session)
                    return (department, body.map { LiveAnswer.objects("userlist", in: $0).count })
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    /// People of the first departments that have some, as WeCom shows them.
    private static func somebody(
        _ session: CorpSession,
        upTo count: Int,
        but shown: String?
    ) async throws -> [[UInt8]] {
        let departments = LiveAnswer.objects("department_id", in: try await session.departmentSimpleList())
            .compactMap { LiveAnswer.number($0["id"]) }
        var found: [[UInt8]] = []
        var ids = Set(shown.map { [$0] } ?? [])
        for department in departments.sorted(by: >).prefix(searched) where found.count < count {
            let body = try await session.call("user/list") {
                try await session.client.userList(department: department, token: $0)
            }
            for person in LiveAnswer.objects("userlist", in: body) where found.count < count {
                guard let id = LiveAnswer.text(person["userid"]), ids.insert(id).inserted else { continue }
                found.append(JSONValue.object(person).bytes)
            }
        }
        return found
    }

    private static func members(of department: Int64, _ session: CorpSession) async throws -> [UInt8] {
        try await session.call("user/simplelist") {
            try await session.client.userSimpleList(department: department, token: $0)
        }
    }
}

extension Problem {
    /// 409: nothing can be read where nothing is connected.
    fileprivate static let notConnectedYet = Problem.conflict(
        "not-connected",
        "The identity provider is not connected to WeCom.",
        fix: "Have it authorized first."
    )
}
