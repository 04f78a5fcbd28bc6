import Messages
import WeCom

/// Reads the people whom a run of kind `objects` names one by one: each is asked for, and sent if they are there and in
/// the scope.
struct TargetPeople: Sendable {
    let session: CorpSession
    let ancestry: Ancestry
    /// Whether records tell where departments stand.
    let tellsPaths: Bool
    let isCaseSensitive: Bool
    /// Calls to WeCom at once.
    let concurrency: Int

    /// Asks for some of them. Where WeCom lets nothing more be read, those who were answered for are there all the same.
    ///
    /// - Parameter seen: Whom a department showed already: they are asked for, and do not travel again.
    /// - Throws: ``RunFailure`` when WeCom refuses the whole run.
    @concurrent
    func read(_ objects: [DirectoryObject], seen: SeenUsers) async throws -> TargetPart {
        let inquiry = Inquiry(session: session, isCaseSensitive: isCaseSensitive)
        let questioning = Questioning(
            ask: { object in
                let answer = try await inquiry.ask(object)
                if let failure = answer.consequence as? RunFailure { throw failure }
                return answer
            },
            concurrency: concurrency
        )
        let outcome = try await questioning.outcome(of: objects, until: nil)
        var part = TargetPart()
        for answer in outcome.answers {
            if let wait = answer.consequence as? RunMustWait {
                part.wait = wait
                continue
            }
            // Where nothing more can be asked, nobody's departments can.
            guard part.wait == nil || answer.record == nil else { continue }
            do {
                try await add(answer, seen, to: &part)
            } catch let wait as RunMustWait {
                part.wait = wait
            }
        }
        if let end = outcome.end {
            part.others = (answer: .unknown, code: end.code)
        } else if let refusal = outcome.answers.first(where: { $0.finding.answer == .refused }) {
            part.others = (answer: .refused, code: refusal.finding.code)
        }
        return part
    }

    private func add(_ answer: Inquiry.Answer, _ seen: SeenUsers, to part: inout TargetPart) async throws {
        let key = key(of: answer.finding.object)
        guard let record = answer.record, !seen.contains(key) else { return part.add(answer.finding, key) }
        switch try await ancestry.place(ofPerson: record) {
        case .inside:
            part.records.append(tellsPaths ? try await ancestry.addingPath(to: record) : record)
            part.add(answer.finding, key, isSent: true)
        case .outside, .absent:
            part.notices.append(TargetPart.outsideNotice)
            part.add(answer.finding, key)
        case .unknown(let cause):
            // Who reads the run next asks again.
            part.shortcomings.append("It is not known whether a person is in the scope: \(cause).")
            part.findings.append(answer.finding)
        }
    }

    /// What an earlier holder of the run heard of some of these, whose records are with the brokers.
    ///
    /// - Parameter seen: Who is known to be sent, by whichever holder.
    func remembered(_ asked: [AskedPerson], of objects: [DirectoryObject], seen: SeenUsers) -> TargetPart {
        let known = Dictionary(asked.map { ($0.key, $0) }) { $1 }
        var part = TargetPart()
        for object in objects {
            guard let person = known[key(of: object)] else { continue }
            part.findings.append(Finding(object, person.isPresent ? .present : .absent, code: person.code))
            if person.isPresent, !seen.contains(person.key) { part.notices.append(TargetPart.outsideNotice) }
        }
        return part
    }

    /// Whom the run names, each once.
    func distinct(_ users: [String]) -> [DirectoryObject] {
        var known: Set<DirectoryKey> = []
        return users.filter { known.insert(DirectoryKey($0, isCaseSensitive: isCaseSensitive)).inserted }
            .map { .user($0) }
    }

    private func key(of object: DirectoryObject) -> ContentDigest {
        DirectoryKey(object.externalID, isCaseSensitive: isCaseSensitive).digest
    }
}

extension Inquiry.Answer {
    /// What becomes of a run that WeCom does not give this answer; `nil` where it did, or where that concerns this one
    /// alone.
    fileprivate var consequence: (any Error)? {
        guard let error, finding.answer == .unknown, !error.concernsOneUnit else { return nil }
        return error.consequence
    }
}
