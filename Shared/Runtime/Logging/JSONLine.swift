import FoundationEssentials
import Logging

/// A log event as a JSON object.
struct JSONLine: Encodable {
    private let time: String
    private let level: String
    private let logger: String
    private let message: String
    private let metadata: [String: Value]?

    init(_ time: String, _ logger: String, _ event: LogEvent, _ metadata: Logger.Metadata) {
        self.time = time
        self.logger = logger
        level = event.level.rawValue
        message = event.message.description
        self.metadata = metadata.isEmpty ? nil : metadata.mapValues(Value.init)
    }

    /// The object and a newline.
    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(self) else { return "" }
        return String(decoding: json, as: UTF8.self) + "\n"
    }

    private enum Value: Encodable {
        case text(String)
        case list([Value])
        case object([String: Value])

        init(_ value: Logger.MetadataValue) {
            switch value {
            case .string(let text): self = .text(text)
            case .stringConvertible(let value): self = .text(value.description)
            case .array(let values): self = .list(values.map(Value.init))
            case .dictionary(let values): self = .object(values.mapValues(Value.init))
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .list(let values): try container.encode(values)
            case .object(let values): try container.encode(values)
            }
        }
    }
}
