import Messages
import Phrases
import Runtime
import Testing

@testable import Registry

@Suite
struct OccurrenceTests {
    private static let occurrences: [Occurrence] = [
        .removalsHeld(run: .make(), people: 3, departments: 1), .runFailed(run: .make(), errorCode: 60_020),
        .runFailed(run: .make(), errorCode: 40_001), .runFailed(run: .make(), errorCode: nil),
        .runLate(run: .make(), since: .now), .quarantined(failures: 5, errorCode: 45_009),
        .quarantined(failures: 5, errorCode: nil), .authorizationLost, .rangeNarrowed(entries: 2),
    ]

    @Test("what happened and what to do is told in WeCom in Chinese", arguments: occurrences)
    func chinese(_ occurrence: Occurrence) throws {
        let book = try Phrasebook.load()
        for fact in ["sentence", "fix"] {
            guard case .string(let text) = occurrence.facts[fact] else {
                Issue.record("\(occurrence) has no \(fact)")
                continue
            }
            #expect(book.translation(of: text) != nil, "\(text)")
        }
        let settled = occurrence.kind.settledSentence
        #expect(book.translation(of: settled) != nil, "\(settled)")
    }
}
