import Messages
public import Postgres
import WeCom

/// Bounds the calls to WeCom that somebody outside can cause, so that no tenant spends what others need, and none has our
/// address banned (`wecom.md` §6). What an enterprise's calls count for is the tenant's with it: nobody can use up
/// another tenant's by naming its enterprise.
public struct OutsideBudget: Sendable {
    private let database: Database
    private let windows: BudgetStore
    private let tries: RefusedTries
    private let address: String

    /// - Parameters:
    ///   - schema: Whose migrations include ``EgressSchema/migrationSQL(schema:)``.
    ///   - address: What those have in common that call from our own address.
    public init(database: Database, schema: String, address: String) {
        self.database = database
        windows = BudgetStore(database: database, schema: schema)
        tries = RefusedTries(database: database, schema: schema)
        self.address = address
    }

    /// Takes a call.
    ///
    /// - Throws: ``TooManyCalls``; `PostgresError`.
    public func spend(_ call: OutsideCall) async throws {
        let counters = counters(of: call)
        let answer = try await windows.take(1, of: call.purpose.rawValue, counters)
        guard case .spent(let wait) = answer else { return }
        let full = try await windows.spent(of: call.purpose.rawValue, counters)
        let subject = full.map { Self.subject(of: $0.counter) } ?? .tenant
        throw TooManyCalls(subject: subject, isForRefusals: false, retryAfter: full?.wait ?? wait)
    }

    /// Whether a call that may count afterwards could still be taken.
    ///
    /// - Throws: ``TooManyCalls``; `PostgresError`.
    public func check(_ call: OutsideCall) async throws {
        if let excess = try self.excess(of: call, await database.run(checking(call))) { throw excess }
    }

    /// The statement of ``check(_:)``, where it travels with others.
    public func checking(_ call: OutsideCall) -> SQL {
        windows.spending(of: call.purpose.rawValue, counters(of: call))
    }

    /// What the rows of ``checking(_:)`` say: why the call could not be taken; nil where it could.
    ///
    /// - Throws: `PostgresError`.
    public func excess(of call: OutsideCall, _ rows: [Row]) throws -> TooManyCalls? {
        try BudgetStore.spent(rows, counters(of: call)).map { counter, wait in
            TooManyCalls(subject: Self.subject(of: counter), isForRefusals: false, retryAfter: wait)
        }
    }

    /// Tries credentials that somebody gave.
    ///
    /// - Parameter body: Asks WeCom.
    /// - Throws: ``TooManyCalls``; what `body` throws; `PostgresError`.
    public func trying<Result>(
        _ call: OutsideCall,
        _ body: () async throws -> Result
    ) async throws -> Result {
        let subjects = subjects(of: call)
        if let (subject, wait) = try await tries.begin(subjects) {
            throw TooManyCalls(subject: Self.subject(of: subject.name), isForRefusals: true, retryAfter: wait)
        }
        do {
            let result = try await body()
            let good = subjects.first { Self.subject(of: $0.name) == .corp }
            try await tries.takeBack(subjects, forgetting: good)
            return result
        } catch let error as WeComError where error.code.map(ErrorReactions.refusesCredentials) == true {
            throw error
        } catch {
            try await tries.takeBack(subjects)
            throw error
        }
    }
}

extension OutsideBudget {
    /// In a minute, in an hour.
    typealias Limits = (tenant: CallLimits.Rate, corp: CallLimits.Rate, address: CallLimits.Rate)

    static func limits(of purpose: OutsideCall.Purpose) -> Limits {
        switch purpose {
        case .ownAppCheck:
            (.init(minute: 40, hour: 240), .init(minute: 20, hour: 120), .init(minute: 300, hour: 3_000))
        case .preflight: (.init(minute: 10, hour: 100), .init(minute: 5, hour: 50), .init(minute: 200, hour: 2_000))
        case .look: (.init(minute: 60, hour: 600), .init(minute: 30, hour: 300), .init(minute: 600, hour: 6_000))
        case .authorizationRequest:
            (.init(minute: 10, hour: 100), .init(minute: 10, hour: 100), .init(minute: 300, hour: 3_000))
        case .refusedCode:
            (.init(minute: 120, hour: 600), .init(minute: 60, hour: 300), .init(minute: 600, hour: 1_500))
        }
    }

    private func counters(of call: OutsideCall) -> [CallCounter] {
        let limits = Self.limits(of: call.purpose)
        var counters = CallCounter.pair("tenant/\(call.tenant)", limits.tenant)
        if let corp = call.corp { counters += CallCounter.pair(Self.name(call.tenant, corp), limits.corp) }
        return counters + CallCounter.pair("address/\(call.proxy?.egressName ?? address)", limits.address)
    }

    private func subjects(of call: OutsideCall) -> [RefusedTries.Subject] {
        var subjects = [
            RefusedTries.Subject("tenant/\(call.tenant)", allowed: 10),
            RefusedTries.Subject("address/\(call.proxy?.egressName ?? address)", allowed: 200, longestPause: 600),
        ]
        if let corp = call.corp { subjects.append(.init(Self.name(call.tenant, corp), allowed: 5)) }
        return subjects
    }

    private static func name(_ tenant: TenantID, _ corp: CorpID) -> String { "corp/\(tenant)/\(corp.canonical)" }

    private static func subject(of counter: CallCounter) -> TooManyCalls.Subject { subject(of: counter.subject) }

    private static func subject(of name: String) -> TooManyCalls.Subject {
        if name.hasPrefix("corp/") { .corp } else if name.hasPrefix("address/") { .address } else { .tenant }
    }
}
