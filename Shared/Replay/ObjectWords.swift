import Messages

/// What a topic says of one identity provider's people and departments, and which word of each is the last.
///
/// A replay tells the last words again and no others, so that it can never bring back an older state. Whoever is no longer
/// there by the last word has none: an answer of WeCom that they are absent or outside the scope, a filter that leaves them
/// out, or a later reading of everything that did not show them. What somebody has undone stays undone.
struct ObjectWords: Sendable {
    /// Where the last word of an object lies.
    struct Word: Equatable, Sendable {
        let place: LogPlace
        let epoch: Epoch
    }

    /// An object as it is counted: people by the digest of their key.
    enum Key: Hashable, Sendable {
        case user(ContentDigest)
        case department(Int64)
    }

    private struct RunNote {
        let run: RunID
        let kind: RunSync.Kind
        let counts: Bool
        var unchanged: Set<ContentDigest> = []
    }

    let identityProvider: IdentityProviderID
    /// By which ids are compared, and of which corp the people are.
    let terms: RunTerms
    /// What is to be told again.
    let choice: ReplayChoice
    /// The last word of each object.
    private(set) var words: [Key: Word] = [:]
    /// Those that are to be told again, as far as they have a last word.
    private(set) var chosen: Set<Key> = []
    /// The last manifest of a reading of everything.
    private(set) var lastReading: FetchManifest?
    /// People whom the filter left out when their records last travelled: there is nothing of them to be told.
    private var filtered: Set<Key> = []
    /// People of that reading whose records are no longer kept.
    private var unkept: Set<ContentDigest> = []
    /// Whether the chosen run was there from its beginning to its end.
    private(set) var hasChosenRun = false
    /// The newest holder of each run that a replay is.
    private(set) var fences: [RunID: Fence] = [:]
    private var highest = RunPosition(epoch: Epoch(rawValue: 0), fence: Fence(rawValue: 0))
    private var runs: [Epoch: RunNote] = [:]

    init(of identityProvider: IdentityProviderID, under terms: RunTerms, choosing choice: ReplayChoice) {
        self.identityProvider = identityProvider
        self.terms = terms
        self.choice = choice
    }

    /// People of the last reading who were chosen, and whose records are no longer kept.
    var lostOfChosen: Int { unkept.count { chosen.contains(.user($0)) } }

    /// The objects that are told again, each with its last word.
    var told: [Key: Word] { words.filter { chosen.contains($0.key) } }

    /// Takes a message in. Those of a run or holder that was replaced before say nothing, as to every reader.
    mutating func take(_ message: LoggedMessage) {
        guard message.position >= highest else { return }
        highest = message.position
        if case .started(let started) = message.word { return begin(started, message) }
        let epoch = message.position.epoch
        guard let note = runs[epoch], note.run == message.run, note.counts else { return }
        switch message.word {
        case .started: break
        case .objects(let objects, let filtered):
            tell(objects, message)
            leaveOut(filtered)
        case .unchanged(let digests): unchanged(digests, message)
        case .findings(let findings, let present, let filtered):
            tell(present, message)
            forget(gone: findings)
            leaveOut(filtered)
        case .read(let manifest): end(manifest, note, at: epoch)
        }
    }

    private mutating func begin(_ started: RunStarted, _ message: LoggedMessage) {
        let epoch = message.position.epoch
        if started.kind == .replay { fences[message.run] = message.position.fence }
        guard runs[epoch] == nil else { return }
        let counts =
            !started.isDryRun && started.kind != .replay && started.terms.generation == terms.generation
        runs[epoch] = RunNote(run: message.run, kind: started.kind, counts: counts)
        guard counts else { return }
        switch started.kind {
        case .delete: words = [:]
        case .undo:
            // What it was before nobody tells any more; later runs may have told again what the undone one brought.
            if let undone = started.selection?.upTo { words = words.filter { $0.value.epoch < undone } }
        default: break
        }
    }

    private mutating func tell(_ objects: [Key], _ message: LoggedMessage) {
        for key in objects {
            words[key] = Word(place: message.place, epoch: message.position.epoch)
            filtered.remove(key)
            if choice.includes(key, message) { chosen.insert(key) }
        }
    }

    private mutating func unchanged(_ digests: [ContentDigest], _ message: LoggedMessage) {
        runs[message.position.epoch]?.unchanged.formUnion(digests)
        for digest in digests where choice.includes(.user(digest), message) { chosen.insert(.user(digest)) }
    }

    private mutating func leaveOut(_ people: [Key]) {
        for key in people { words[key] = nil }
        filtered.formUnion(people)
    }

    private mutating func forget(gone findings: [Finding]) {
        for finding in findings where finding.answer == .absent || finding.isInScope == false {
            if let department = finding.object.departmentID {
                words[.department(department)] = nil
            } else if finding.object.kind == .user {
                words[.user(terms.userIDCase.key(of: finding.object.externalID).digest)] = nil
            }
        }
    }

    /// Whom a reading of everything did not show has no last word any more, be it that the reading fell short: then others
    /// decide about them, and a replay does not.
    private mutating func end(_ manifest: FetchManifest, _ note: RunNote, at epoch: Epoch) {
        forget(gone: manifest.findings)
        if choice.run == note.run { hasChosenRun = true }
        let readsDepartments = note.kind.readsEverything || note.kind == .departments
        guard readsDepartments else { return }
        words = words.filter { key, word in
            switch key {
            case .department: word.epoch >= epoch
            case .user(let digest):
                !note.kind.readsEverything || word.epoch >= epoch || note.unchanged.contains(digest)
            }
        }
        guard note.kind.readsEverything else { return }
        lastReading = manifest
        unkept = note.unchanged.filter { words[.user($0)] == nil && !filtered.contains(.user($0)) }
        runs[epoch]?.unchanged = []
    }
}
