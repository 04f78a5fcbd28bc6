import FoundationEssentials
public import Logging

/// Writes each log event as one line, to the standard error by default.
///
/// Whatever a message or its metadata holds, it stays one line: control characters are escaped,
/// so nobody can forge a line of their own.
public struct LineLogHandler: LogHandler {
    /// The least level that is written.
    public var logLevel: Logger.Level
    /// What every line says.
    public var metadata: Logger.Metadata = [:]
    /// Says more of each line.
    public var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let format: LogFormat
    private let write: @Sendable (String) -> Void

    /// - Parameters:
    ///   - label: The logger's name.
    ///   - write: Takes a line with the newline at its end.
    public init(
        label: String,
        level: Logger.Level = .info,
        format: LogFormat = .json,
        write: @escaping @Sendable (String) -> Void = StandardError.write
    ) {
        self.label = label
        self.format = format
        self.write = write
        logLevel = level
    }

    /// Reads or changes what every line says.
    public subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes the line.
    public func log(event: LogEvent) {
        let time = Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        let metadata = merged(event)
        switch format {
        case .json: write(JSONLine(time, label, event, metadata).text)
        case .text: write(textLine(time, event, metadata))
        }
    }

    private func merged(_ event: LogEvent) -> Logger.Metadata {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        if let error = event.error { all["error"] = "\(error)" }
        return all
    }

    private func textLine(_ time: String, _ event: LogEvent, _ metadata: Logger.Metadata) -> String {
        var line = "\(time) \(event.level.rawValue) \(label): \(event.message)"
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(value)" }
        return line.escapingControlCharacters + "\n"
    }
}

extension String {
    fileprivate var escapingControlCharacters: String {
        guard unicodeScalars.contains(where: \.isControl) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            text += scalar.isControl ? scalar.escaped(asASCII: true) : String(scalar)
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { properties.generalCategory == .control }
}
