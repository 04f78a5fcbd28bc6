import Messages

@testable import Replay

/// A random history of one identity provider's runs as a topic holds it, with holders that come late, dry runs, replays and
/// runs that are given up; and what WeCom said last of each person, kept apart from ``ObjectWords``.
struct WordHistory {
    static let people = (0..<8).map { "person\($0)" }

    private(set) var messages: [LoggedMessage] = []
    /// The offset of each person's last word; none for those who are gone or of whom nothing is known.
    private(set) var last: [String: Int64] = [:]
    /// The runs that told of each person, and when.
    private(set) var tellers: [String: Set<RunID>] = [:]
    private(set) var finished: [RunID] = []
    private var random: SeededRandom
    private var epoch: Int64 = 0
    private var offset: Int64 = 0
    private var lastEpoch: [String: Int64] = [:]

    init(seed: UInt64, runs: Int) {
        random = SeededRandom(state: seed)
        for _ in 0..<runs { play() }
    }

    static func key(_ person: String) -> ObjectWords.Key { .user(UserIDCase.insensitive.key(of: person).digest) }

    private mutating func play() {
        epoch += 1
        let run = RunID.make()
        let kind = [RunSync.Kind.full, .full, .objects, .replay].randomElement(using: &random) ?? .full
        let isDryRun = Int.random(in: 0..<5, using: &random) == 0
        let counts = !isDryRun && kind != .replay
        add(run, .started(RunStarted(kind: kind, isDryRun: isDryRun, terms: RunTerms(), requestedAt: .now)))
        let shown = Self.people.filter { _ in Bool.random(using: &random) }
        var (travelling, unchanged) = ([String](), [String]())
        for person in shown {
            // Only what the directory has can be unchanged.
            let mayStay = kind == .full && counts && last[person] != nil && Bool.random(using: &random)
            if mayStay { unchanged.append(person) } else { travelling.append(person) }
        }
        let offset = add(run, .objects(travelling.map(Self.key)))
        for person in travelling where counts { tell(person, run, offset) }
        if !unchanged.isEmpty {
            add(run, .unchanged(unchanged.map { UserIDCase.insensitive.key(of: $0).digest }))
            for person in unchanged { tellers[person, default: []].insert(run) }
        }
        late(run)
        guard Int.random(in: 0..<4, using: &random) > 0 else { return }
        add(run, .read(Self.manifest))
        guard counts else { return }
        finished.append(run)
        guard kind == .full else { return answer(run) }
        for person in Self.people where !shown.contains(person) { last[person] = nil }
        answer(run)
    }

    /// A message of a run that is over, or of a holder that was replaced.
    private mutating func late(_ run: RunID) {
        guard epoch > 1, Bool.random(using: &random) else { return }
        let position = RunPosition(epoch: Epoch(rawValue: epoch - 1), fence: Fence(rawValue: 1))
        append(
            LoggedMessage(
                run: run,
                position: position,
                time: .now,
                place: LogPlace(partition: 0, offset: offset),
                word: .objects(Self.people.map(Self.key))
            )
        )
    }

    /// WeCom says that somebody is absent.
    private mutating func answer(_ run: RunID) {
        guard let person = Self.people.randomElement(using: &random), Bool.random(using: &random) else { return }
        add(run, .findings([Finding(.user(person), .absent)], present: []))
        last[person] = nil
    }

    private mutating func tell(_ person: String, _ run: RunID, _ offset: Int64) {
        last[person] = offset
        tellers[person, default: []].insert(run)
    }

    @discardableResult
    private mutating func add(_ run: RunID, _ word: LoggedMessage.Word) -> Int64 {
        let position = RunPosition(epoch: Epoch(rawValue: epoch), fence: Fence(rawValue: 1))
        let place = LogPlace(partition: 0, offset: offset)
        return append(LoggedMessage(run: run, position: position, time: .now, place: place, word: word))
    }

    @discardableResult
    private mutating func append(_ message: LoggedMessage) -> Int64 {
        messages.append(message)
        offset += 1
        return message.place.offset
    }

    static let manifest = FetchManifest(
        departmentsExpected: 0,
        departmentsRead: 0,
        pages: 1,
        distinctUsers: 0,
        userDigest: .zero,
        departmentDigest: .zero,
        scopeHash: .zero,
        visibleRangeHash: .zero,
        isComplete: true
    )
}

/// The same numbers for the same seed.
struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        var value = state
        value ^= value >> 33
        value = value &* 0xff51_afd7_ed55_8ccd
        return value ^ (value >> 33)
    }
}
