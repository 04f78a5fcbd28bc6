/// How log lines look: `LOG_FORMAT`.
public enum LogFormat: String, CaseIterable, Sendable {
    /// One JSON object a line, for machines.
    case json
    /// For people.
    case text
}
