import FoundationEssentials
import Messages

/// Findings whose records cannot be handed on: what WeCom says of everybody but the present, of whom nothing is known
/// then, so that the run waits for no answer.
struct UnmappedFindings {
    /// What the writer is told instead.
    let mapped: FindingsMapped

    private struct Answers: Decodable {
        let batch: Int
        let batches: Int
        let findings: [Finding]
        let sampled: [DirectoryObject.Kind]
        let witnesses: [Finding]
        let visibleRangeHash: ContentDigest?
    }

    /// - Parameter json: That of a `FindingsFetched`, whose records need not be readable.
    /// - Throws: `DecodingError` when the answers are not either.
    init(_ json: [UInt8]) throws {
        let answers = try MessageJSON.decoder.decode(Answers.self, from: Data(json))
        mapped = FindingsMapped(
            batch: answers.batch,
            batches: answers.batches,
            findings: answers.findings.map { finding in
                finding.answer == .present ? Finding(finding.object, .unknown, code: finding.code) : finding
            },
            sampled: answers.sampled,
            witnesses: answers.witnesses,
            visibleRangeHash: answers.visibleRangeHash
        )
    }
}
