public import Sealing

/// Somewhere that secrets rest, sealed.
public protocol SealedPlace: Sendable {
    /// What reports call it: `webhooks`.
    var name: String { get }

    /// How many secrets rest there, by the id of the key that sealed them.
    func counts() async throws -> [String: Int]

    /// Seals by that key whatever another one has sealed, in bounded batches, each of which stands by itself: it may end at
    /// any of them and begin anew. What does not open stays as it is, and what somebody changes meanwhile is theirs.
    func reseal(by keyID: String, with keys: SealingKeys) async throws
}
