import FoundationEssentials
import JSONCoding
import Messages
import Pipeline

/// What the topics still have of one person, as it went from service to service: of each step the last that was said.
struct PersonTrail {
    /// What WeCom said, or what became of it.
    enum Step: String, CaseIterable {
        case fetched, asked, mapped
    }

    /// The last that was said in a step.
    struct Note: Equatable {
        let run: RunID
        let epoch: Epoch
        let time: Timestamp
        let text: String
    }

    let identityProvider: IdentityProviderID
    let userID: String
    private(set) var notes: [Step: Note] = [:]
    /// The last run of which all was read, and what it says of itself.
    private(set) var lastReading: Note?
    private var userIDCase = UserIDCase.insensitive

    init(of userID: String, in identityProvider: IdentityProviderID) {
        self.userID = userID
        self.identityProvider = identityProvider
    }

    private var key: DirectoryKey { userIDCase.key(of: userID) }

    private func isPerson(_ id: String?) -> Bool { id.map { userIDCase.key(of: $0) == key } ?? false }

    /// Takes in a message; others' are passed over, and so is what cannot be read.
    mutating func take(_ message: IncomingMessage) {
        guard message.envelope.identityProvider == identityProvider else { return }
        switch message.envelope.type {
        case RunStarted.type:
            if let started = try? message.decode(RunStarted.self) { userIDCase = started.terms.userIDCase }
        case UserPage.type: if let page = try? message.decode(UserPage.self) { take(page, message.envelope) }
        case UnchangedPages.type:
            if let pages = try? message.decode(UnchangedPages.self) { take(pages, message.envelope) }
        case FindingsFetched.type:
            if let findings = try? message.decode(FindingsFetched.self) { take(findings, message.envelope) }
        case RunFetched.type:
            if let fetched = try? message.decode(RunFetched.self) { take(fetched.manifest, message.envelope) }
        case UserBatch.type: if let batch = try? message.decode(UserBatch.self) { take(batch, message.envelope) }
        default: break
        }
    }

    private mutating func note(_ step: Step, _ text: String, _ envelope: Envelope) {
        guard let note = Note(text, envelope), (notes[step]?.epoch).map({ $0 <= note.epoch }) ?? true else { return }
        notes[step] = note
    }

    private mutating func take(_ page: UserPage, _ envelope: Envelope) {
        struct Person: Decodable {
            let userid: String?
            let status: Int?
        }
        let people = try? JSONDecoder().decode([Lenient<Person>].self, from: Data(page.users.bytes))
        guard let person = people?.compactMap(\.value).first(where: { isPerson($0.userid) }) else { return }
        let place = page.origin.map { "in the list of department \($0.department)" } ?? "by itself"
        note(
            .fetched,
            "WeCom showed the person \(place), status \(person.status.map(String.init) ?? "not told")",
            envelope
        )
    }

    private mutating func take(_ pages: UnchangedPages, _ envelope: Envelope) {
        guard let page = pages.pages.first(where: { $0.users.digests.contains(key.digest) }) else { return }
        note(
            .fetched,
            "WeCom showed the person in the list of department \(page.origin.department), as in the run before",
            envelope
        )
    }

    private mutating func take(_ findings: FindingsFetched, _ envelope: Envelope) {
        guard
            let finding = findings.findings.first(where: { $0.object.kind == .user && isPerson($0.object.externalID) })
        else { return }
        let code = finding.code.map { " (code \($0))" } ?? ""
        note(
            .asked,
            "no list showed the person; asked by itself, WeCom said: \(finding.answer.rawValue)\(code)",
            envelope
        )
    }

    private mutating func take(_ manifest: FetchManifest, _ envelope: Envelope) {
        var text =
            "\(manifest.departmentsRead) of \(manifest.departmentsExpected) departments in range and scope were read"
        if !manifest.isRangeWhole { text += "; the visible range is not known whole" }
        if !manifest.incompleteReasons.isEmpty { text += "; " + manifest.incompleteReasons.joined(separator: " ") }
        lastReading = Note(text, envelope)
        if let finding = manifest.findings.first(where: { $0.object.kind == .user && isPerson($0.object.externalID) }) {
            let code = finding.code.map { " (code \($0))" } ?? ""
            note(.asked, "asked by itself, WeCom said: \(finding.answer.rawValue)\(code)", envelope)
        }
    }

    private mutating func take(_ batch: UserBatch, _ envelope: Envelope) {
        if let rejected = batch.rejected.first(where: { isPerson($0.externalID) }) {
            note(.mapped, "the record could not be taken: \(rejected.reason)", envelope)
        }
        guard let record = batch.users.first(where: { isPerson($0.externalID) }) else { return }
        let status = record.status.map { $0.isEnabled ? "enabled" : "disabled" } ?? "status kept"
        let departments = record.memberships.map { $0.map { String($0.department) }.joined(separator: ", ") } ?? "kept"
        let problems = batch.fieldProblems.filter { $0.object.kind == .user && isPerson($0.object.externalID) }
            .map { "\($0.field) (\($0.kind.rawValue))" }
        let kept = problems.isEmpty ? "" : "; could not be taken: " + problems.joined(separator: ", ")
        note(.mapped, "\(status), departments \(departments)\(kept)", envelope)
    }
}

extension PersonTrail.Note {
    /// `nil` for what belongs to no run.
    fileprivate init?(_ text: String, _ envelope: Envelope) {
        guard let run = envelope.run, let epoch = envelope.position?.epoch else { return nil }
        self.init(run: run, epoch: epoch, time: envelope.time, text: text)
    }

    /// One line.
    var line: String { "run \(epoch) (\(run), \(time)): \(text)" }
}

/// An element of a list that need not be of its form.
private struct Lenient<Value: Decodable>: Decodable {
    let value: Value?

    init(from decoder: any Decoder) throws { value = try? Value(from: decoder) }
}
