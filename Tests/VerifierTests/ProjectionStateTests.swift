import Messages
import Testing

@testable import Verifier

/// The sequences of messages that there can be, written down: what is done with each message, and whether something is
/// missing at the end.
@Suite
struct ProjectionStateTests {
    private static let one = Incarnation.make()
    private static let two = Incarnation.make()

    struct Message: Sendable {
        let incarnation: Incarnation
        let epoch: Int64
        let sequence: Int64
        var part: Int?
        var isLast = false
        let step: ProjectionState.Step

        static func of(
            _ incarnation: Incarnation,
            _ epoch: Int64,
            _ sequence: Int64,
            part: Int? = nil,
            isLast: Bool = false,
            _ step: ProjectionState.Step
        ) -> Message {
            Message(
                incarnation: incarnation,
                epoch: epoch,
                sequence: sequence,
                part: part,
                isLast: isLast,
                step: step
            )
        }
    }

    struct Sequence: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let messages: [Message]
        let isWhole: Bool
        var gaps = 0
    }

    static let sequences = [
        Sequence(
            testDescription: "runs without changes leave epochs out",
            messages: [.of(one, 1, 1, .apply), .of(one, 1, 2, .apply), .of(one, 7, 1, .apply)],
            isWhole: true
        ),
        Sequence(
            testDescription: "the first message known is not the first of its epoch",
            messages: [.of(one, 4, 3, .apply), .of(one, 4, 4, .apply)],
            isWhole: false,
            gaps: 1
        ),
        Sequence(
            testDescription: "a republication is the first that is known, anywhere in an epoch",
            messages: [.of(one, 4, 3, part: 1, .apply), .of(one, 4, 4, part: 2, isLast: true, .complete)],
            isWhole: true
        ),
        Sequence(
            testDescription: "a new epoch does not begin at 1",
            messages: [.of(one, 1, 1, .apply), .of(one, 2, 2, .apply)],
            isWhole: false,
            gaps: 1
        ),
        Sequence(
            testDescription: "messages doubled, and older ones",
            messages: [
                .of(one, 1, 1, .apply), .of(one, 1, 1, .passed), .of(one, 2, 1, .apply), .of(one, 1, 2, .passed),
            ],
            isWhole: true
        ),
        Sequence(
            testDescription: "each part of a republication doubled, and the whole again",
            messages: [
                .of(one, 1, 1, part: 1, .apply), .of(one, 1, 1, part: 1, .passed), .of(one, 1, 2, part: 2, .apply),
                .of(one, 1, 2, part: 2, .passed), .of(one, 1, 3, part: 3, isLast: true, .complete),
                .of(one, 1, 1, part: 1, .passed), .of(one, 1, 2, part: 2, .passed),
                .of(one, 1, 3, part: 3, isLast: true, .passed),
            ],
            isWhole: true
        ),
        Sequence(
            testDescription: "a republication that was broken off begins anew",
            messages: [
                .of(one, 1, 1, part: 1, .apply), .of(one, 1, 2, part: 2, .apply), .of(one, 1, 3, part: 1, .apply),
                .of(one, 1, 4, part: 2, isLast: true, .complete),
            ],
            isWhole: true
        ),
        Sequence(
            testDescription: "a gap inside of a republication",
            messages: [
                .of(one, 1, 1, part: 1, .apply), .of(one, 1, 3, part: 3, .apply),
                .of(one, 1, 4, part: 4, isLast: true, .apply),
            ],
            isWhole: false,
            gaps: 1
        ),
        Sequence(
            testDescription: "a part is left out without a gap in the numbers",
            messages: [.of(one, 1, 1, part: 1, .apply), .of(one, 1, 2, part: 3, isLast: true, .apply)],
            isWhole: false,
            gaps: 1
        ),
        Sequence(
            testDescription: "the last part alone ends nothing",
            messages: [.of(one, 1, 1, .apply), .of(one, 1, 2, part: 2, isLast: true, .apply)],
            isWhole: false,
            gaps: 1
        ),
        Sequence(
            testDescription: "a gap before a republication is mended by it, one within by the next",
            messages: [
                .of(one, 1, 1, .apply), .of(one, 1, 3, part: 1, .apply),
                .of(one, 1, 4, part: 2, isLast: true, .complete),
            ],
            isWhole: true,
            gaps: 1
        ),
        Sequence(
            testDescription: "another incarnation before its republication, doubled, and then with it",
            messages: [
                .of(one, 5, 1, .apply), .of(two, 6, 1, .unfounded), .of(two, 6, 1, .passed),
                .of(two, 6, 2, part: 2, isLast: true, .unfounded), .of(one, 5, 2, .apply),
                .of(two, 6, 3, part: 1, isLast: true, .complete), .of(two, 6, 1, .passed), .of(one, 5, 3, .unfounded),
            ],
            isWhole: false,
            gaps: 3
        ),
        Sequence(
            testDescription: "both incarnations read again from the beginning",
            messages: [
                .of(one, 5, 1, part: 1, isLast: true, .complete), .of(one, 6, 1, .apply),
                .of(two, 2, 1, part: 1, isLast: true, .complete), .of(two, 3, 1, .apply),
                .of(one, 5, 1, part: 1, isLast: true, .passed), .of(one, 6, 1, .passed),
                .of(two, 2, 1, part: 1, isLast: true, .passed), .of(two, 3, 1, .passed), .of(two, 3, 2, .apply),
            ],
            isWhole: true
        ),
    ]

    @Test("a message counts once and in its order, and what never came is noticed", arguments: sequences)
    func steps(_ sequence: Sequence) {
        var state = ProjectionState(incarnation: sequence.messages[0].incarnation)
        for (index, message) in sequence.messages.enumerated() {
            let changes = DirectoryChanges(
                incarnation: message.incarnation,
                snapshot: message.part.map { DirectorySnapshot(part: $0, isLast: message.isLast) },
                sequence: message.sequence
            )
            #expect(state.take(changes, of: Epoch(rawValue: message.epoch)) == message.step, "message \(index)")
        }
        #expect((state.gap == nil) == sequence.isWhole)
        #expect(state.gapsNoticed == sequence.gaps)
    }
}
