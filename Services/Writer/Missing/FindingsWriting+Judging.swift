import Messages
import Postgres

/// What the answers of a batch come to, one by one.
extension FindingsWriting {
    /// Runs that did not learn whether a person is there, and how long that goes on, before somebody has to decide.
    private static let patience = (runs: 3, milliseconds: Int64(7 * 86_400_000))

    func judge(_ work: inout Work, on connection: isolated Connection) throws {
        let judgement = FindingsJudgement(head: run, asked: work.asked, epoch: epoch)
        let doCount = judgement.counts(message)
        if !doCount { work.asked.isWordVoid = true }
        let objects = try objects(on: connection)
        let before = try departments(of: objects.values.filter { $0.kind == .user }.map(\.key), on: connection)
        let now = Dictionary(message.users.map { (key($0.externalID), $0.memberships?.map(\.department)) }) { $1 }
        for finding in message.findings {
            guard let object = objects[row(of: finding.object)] else { continue }
            let stored = before[object.key] ?? []
            let verdict =
                doCount
                ? judgement.verdict(finding, of: object, before: stored, now: now[object.key] ?? nil) : .unknown
            take(verdict, finding, object, &work)
        }
    }

    private func take(_ verdict: FindingVerdict, _ finding: Finding, _ object: MissingObject, _ work: inout Work) {
        var object = object
        object.code = finding.code
        switch verdict {
        case .present(let isListed):
            work.counts[object.kind].present += 1
            if !isListed { work.asked.notListed += 1 }
            work.present.append(object)
            work.settled.append(object)
        case .gone where work.asked.sampled.contains(object.kind):
            work.asked.goneOfSample += 1
            object.state = .waiting
            work.staying.append(object)
        case .gone(let reason, .keep):
            object.reason = reason
            work.counts[object.kind].held += 1
            work.staying.append(object.kept(.policy, in: work.asked.surroundings))
        case .gone(let reason, let policy):
            work.counts[object.kind].removed += 1
            work.settled.append(object)
            if object.kind == .department {
                work.leavingDepartments.append(object)
            } else {
                work.leaving.append((object, reason, policy))
                if finding.answer == .present { work.present.append(object) }
            }
        case .unknown, .unconfirmed:
            if verdict == .unconfirmed { work.asked.isRefused = true }
            takeUnknown(object, &work)
        }
    }

    private func takeUnknown(_ object: MissingObject, _ work: inout Work) {
        var object = object
        if work.asked.sampled.contains(object.kind) {
            object.state = .waiting
            work.staying.append(object)
            return
        }
        if work.asked.isApproval {
            // What was to be decided still is.
            work.counts[object.kind].held += 1
            work.asked.held += 1
            work.staying.append(object.held(object.hold ?? .overLimit, at: run.requestedAt))
            return
        }
        let now = MissingObject.Moment(epoch: epoch, time: run.requestedAt)
        if work.asked.isWhole {
            object.unknownRuns += 1
            object.unknownSince = object.unknownSince ?? now
        }
        let since = object.unknownSince?.time ?? run.requestedAt
        let age = run.requestedAt.millisecondsSince1970 - since.millisecondsSince1970
        if object.unknownRuns >= Self.patience.runs, age >= Self.patience.milliseconds {
            work.counts[object.kind].held += 1
            work.asked.held += 1
            work.staying.append(object.held(.unanswered, at: run.requestedAt))
        } else {
            work.counts[object.kind].unknown += 1
            object.state = .open
            work.staying.append(object)
        }
    }

    /// The rows of those who are answered for; one whom a rebuilt directory did not miss is answered for all the same.
    private func objects(on connection: isolated Connection) throws -> [DirectoryObject: MissingObject] {
        let rows = try MissingRows.load(of: identityProvider, on: connection)
        let known = Dictionary(rows.map { (DirectoryObject($0.kind, $0.key), $0) }) { $1 }
        let now = MissingObject.Moment(epoch: epoch, time: run.requestedAt)
        var objects: [DirectoryObject: MissingObject] = [:]
        for finding in message.findings {
            let name = row(of: finding.object)
            objects[name] =
                known[name]
                ?? MissingObject(
                    kind: name.kind,
                    key: name.externalID,
                    externalID: finding.object.externalID,
                    since: now
                )
        }
        return objects
    }

    func key(_ userID: String) -> String { run.terms.userIDCase.key(of: userID).text }

    private func row(of object: DirectoryObject) -> DirectoryObject {
        object.kind == .user ? DirectoryObject(.user, key(object.externalID)) : object
    }

    private func departments(of keys: [String], on connection: isolated Connection) throws -> [String: [Int64]] {
        guard !keys.isEmpty else { return [:] }
        let rows = try connection.run(
            """
            select directory_key, array_agg(department_id::text) from directory.memberships
            where idp_id = \(identityProvider.uuid) and directory_key = any(\(keys)::text[]) group by directory_key
            """
        )
        return Dictionary(
            try rows.map { row in
                let (key, departments) = try row.decode(String.self, [String].self)
                return (key, departments.compactMap { Int64($0) })
            }
        ) { $1 }
    }
}
