import Egress
import Logging
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
    /// The directory's API; nil where nobody has said where it is.
    let directory: Peer?
    let logger: Logger

    /// How many departments at most are asked how many people they have, and for how many calls at once.
    private static let (counted, calls) = (200, 5)

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

    /// What runs by the mapping would leave of a few live people. A directory that does not answer is no obstacle.
    ///
    /// Throws as ``departments(of:)`` does.
    func preview(_ form: PreviewForm, of provider: IdentityProvider) async throws -> MappingPreview {
        try await asking(provider) { session in
            let configuration = provider.configuration
            var comparison = MappingComparison(form.rules(or: configuration), with: configuration, of: session.corpID)
            let sample = try await LiveSample.find(form.user, upTo: form.count, session)
            var bodies = sample.bodies
            if comparison.asksForDepartmentPaths { bodies = try await session.addingDepartmentPaths(to: bodies) }
            let people = bodies.compactMap { LivePerson($0) }
            let ids = people.compactMap { try? WeComUserID($0.id, of: session.corpID) }
            let lookup = DirectoryLookup(peer: directory, provider: provider.id, corp: session.corpID)
            var unknown: [String: String]?
            switch await lookup.people(ids) {
            case .success(let stored): comparison.stored = stored
            case .failure(let silence): unknown = ["directory": silence.reason]
            }
            var preview = MappingPreview(of: people, by: comparison)
            (preview.departmentsNotSearched, preview.unknown) = (sample.unsearched, unknown)
            return preview
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
