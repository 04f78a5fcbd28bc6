import Messages
import Testing

@testable import Replay

/// A replay tells last words and nothing older, whatever the log holds.
@Suite struct ObjectWordsTests {
    private func words(_ messages: [LoggedMessage], _ choice: ReplayChoice = .all) -> ObjectWords {
        var words = ObjectWords(of: .make(), under: RunTerms(), choosing: choice)
        for message in messages { words.take(message) }
        return words
    }

    private func message(_ epoch: Int64, _ offset: Int64, _ run: RunID, _ word: LoggedMessage.Word) -> LoggedMessage {
        LoggedMessage(
            run: run,
            position: RunPosition(epoch: Epoch(rawValue: epoch), fence: Fence(rawValue: 1)),
            time: Timestamp(millisecondsSince1970: offset * 1_000),
            place: LogPlace(partition: 0, offset: offset),
            word: word
        )
    }

    private func started(_ kind: RunSync.Kind, upTo epoch: Int64? = nil) -> LoggedMessage.Word {
        .started(
            RunStarted(
                kind: kind,
                selection: epoch.map { HeldSelection(upTo: Epoch(rawValue: $0)) },
                isDryRun: false,
                terms: RunTerms(),
                requestedAt: .now
            )
        )
    }

    private var ann: ObjectWords.Key { WordHistory.key("ann") }
    private var bob: ObjectWords.Key { WordHistory.key("bob") }

    @Test("of everybody the last word is told, and of whoever is gone none", arguments: UInt64(1)...300)
    func histories(seed: UInt64) {
        let history = WordHistory(seed: seed, runs: 12)
        let told = words(history.messages).told
        for person in WordHistory.people {
            #expect(told[WordHistory.key(person)]?.place.offset == history.last[person], "\(person)")
        }
    }

    @Test(
        "of a run those are told whom it told of, by their last word, be it a later run's",
        arguments: UInt64(1)...100
    )
    func ofRun(seed: UInt64) throws {
        let history = WordHistory(seed: seed, runs: 12)
        guard let run = history.finished.first else { return }
        let words = words(history.messages, ReplayChoice(run: run))
        #expect(words.hasChosenRun)
        for person in WordHistory.people {
            let isTold = history.tellers[person]?.contains(run) ?? false
            #expect(
                words.told[WordHistory.key(person)]?.place.offset == (isTold ? history.last[person] : nil),
                "\(person)"
            )
        }
    }

    @Test("what was undone is not told again")
    func undone() {
        let (first, second, third) = (RunID.make(), RunID.make(), RunID.make())
        let words = words([
            message(1, 0, first, started(.full)), message(1, 1, first, .objects([ann, bob])),
            message(1, 2, first, .read(WordHistory.manifest)), message(2, 3, second, started(.objects)),
            message(2, 4, second, .objects([ann])), message(3, 5, third, started(.undo, upTo: 2)),
        ])
        #expect(words.told.keys.sorted { "\($0)" < "\($1)" } == [bob])
    }

    @Test("what was undone is not told again by a later run that told it once more")
    func undoneButToldAgain() {
        let (first, second, third, fourth) = (RunID.make(), RunID.make(), RunID.make(), RunID.make())
        let words = words([
            message(1, 0, first, started(.full)), message(1, 1, first, .objects([bob])),
            message(1, 2, first, .read(WordHistory.manifest)), message(2, 3, second, started(.objects)),
            message(2, 4, second, .objects([ann])), message(3, 5, third, started(.objects)),
            message(3, 6, third, .objects([ann])), message(4, 7, fourth, started(.undo, upTo: 2)),
        ])
        #expect(words.told.keys.sorted { "\($0)" < "\($1)" } == [bob])
    }

    @Test("nobody of a deleted identity provider, or of another corp's people, is told again")
    func gone() {
        let run = RunID.make()
        let deleted = words([
            message(1, 0, run, started(.full)), message(1, 1, run, .objects([ann])),
            message(2, 2, .make(), started(.delete)),
        ])
        #expect(deleted.told.isEmpty)
        var others = ObjectWords(of: .make(), under: RunTerms(generation: Generation(rawValue: 2)), choosing: .all)
        others.take(message(1, 0, run, started(.full)))
        others.take(message(1, 1, run, .objects([ann])))
        #expect(others.told.isEmpty)
    }

    @Test(
        "records that retention has lost, and a run that is not there whole, are refused with since when there is data"
    )
    func lost() throws {
        let (run, since) = (RunID.make(), try #require(Timestamp("2026-01-31T08:00:00Z")))
        let digest = UserIDCase.insensitive.key(of: "ann").digest
        let messages = [
            message(7, 0, run, started(.full)), message(7, 1, run, .unchanged([digest])),
            message(7, 2, run, .read(WordHistory.manifest)),
        ]
        let topic = TopicCatalogue.wecomRecords
        var contents = ReplayLog.Contents(words: words(messages), since: since, isTrimmed: true)
        let refusal = try #require(contents.refusal(of: .all, on: topic))
        #expect(refusal.description.contains("records of 1 people") && refusal.description.contains("since \(since)"))
        let unknown = ReplayChoice(run: .make())
        contents.words = words(messages, unknown)
        #expect(contents.refusal(of: unknown, on: topic)?.description.contains("is not there") == true)
        let early = ReplayChoice(from: Timestamp(millisecondsSince1970: 0))
        contents.words = words(messages, early)
        #expect(contents.refusal(of: early, on: topic)?.description.contains("no longer kept") == true)
    }

    @Test("whoever is found outside the scope, or left out by the filter, is not told again")
    func leftOut() {
        let (first, second) = (RunID.make(), RunID.make())
        let history = [
            message(1, 0, first, started(.full)),
            message(1, 1, first, .objects([ann, bob, WordHistory.key("cid"), .department(7)])),
            message(1, 2, first, .read(WordHistory.manifest)), message(2, 3, second, started(.objects)),
        ]
        let findings = [
            Finding(.user("ann"), .present, isInScope: false), Finding(.department(7), .present, isInScope: false),
            Finding(.user("bob"), .present), Finding(.user("cid"), .present, isInScope: true),
        ]
        let answer = LoggedMessage.Word.findings(
            findings,
            present: [ann, .department(7), WordHistory.key("cid")],
            filtered: [bob]
        )
        #expect(words(history + [message(2, 4, second, answer)]).told.keys.map(\.self) == [WordHistory.key("cid")])
        let batch = LoggedMessage.Word.objects([ann], filtered: [bob, WordHistory.key("cid"), .department(7)])
        #expect(words(history + [message(2, 4, second, batch)]).told.keys.map(\.self) == [ann])
    }

    @Test("whom the filter leaves out is no record that retention has lost")
    func filteredUnchanged() {
        let (first, second) = (RunID.make(), RunID.make())
        let digests = ["ann", "bob"].map { UserIDCase.insensitive.key(of: $0).digest }
        let words = words([
            message(1, 0, first, started(.full)), message(1, 1, first, .objects([ann], filtered: [bob])),
            message(1, 2, first, .read(WordHistory.manifest)), message(2, 3, second, started(.full)),
            message(2, 4, second, .unchanged(digests)), message(2, 5, second, .read(WordHistory.manifest)),
        ])
        #expect(words.lostOfChosen == 0 && words.told.keys.map(\.self) == [ann])
    }

    @Test("one person or department is told alone")
    func single() {
        let run = RunID.make()
        let messages = [
            message(1, 0, run, started(.full)), message(1, 1, run, .objects([ann, bob, .department(7)])),
            message(1, 2, run, .read(WordHistory.manifest)),
        ]
        let digest = UserIDCase.insensitive.key(of: "ANN").digest
        #expect(Array(words(messages, ReplayChoice(user: digest)).told.keys) == [ann])
        #expect(Array(words(messages, ReplayChoice(department: 7)).told.keys) == [.department(7)])
    }
}
