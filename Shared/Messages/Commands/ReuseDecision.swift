/// Who a user id belongs to that came back, or changed, so that another human may have it by now.
public enum ReuseDecision: String, Codable, Equatable, Sendable, CaseIterable {
    /// Whoever the directory knows by it: the record is applied, and the id stays.
    case samePerson
    /// Somebody else: whoever the directory knows by it is deleted, sessions end, and a new person begins.
    case anotherPerson
}
