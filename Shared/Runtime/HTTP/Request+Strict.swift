import FoundationEssentials
public import Hummingbird
import NIOCore

extension Request {
    /// Decodes a JSON body, and refuses fields that are not known.
    ///
    /// - Parameters:
    ///   - allowedKeys: The paths that may occur: `scope` allows anything below it, unless paths
    ///     below it, such as `scope.kind`, are given, too. Elements of a list need no index.
    ///   - context: Its `maxUploadSize` bounds the body.
    /// - Throws: ``Problem`` naming the field: 400 `unknown-field`, `invalid-request` or `bad-json`,
    ///   413, 415.
    public func decodeStrictly<Value: Decodable>(
        as type: Value.Type,
        allowedKeys: Set<String>,
        context: some RequestContext
    ) async throws -> Value {
        if let type = headers[.contentType], !type.lowercased().contains("json") {
            throw Problem(.unsupportedMediaType, "not-json", detail: "Send application/json.")
        }
        let body = try await collect(upTo: context.maxUploadSize)
        do {
            let unknown = try JSONDecoder().decode(JSONShape.self, from: body).unknownKeys(allowed: allowedKeys)
            guard unknown.isEmpty else {
                throw Problem.invalid(
                    unknown.map { FieldError($0, "The field is not known.") },
                    slug: "unknown-field"
                )
            }
            return try context.jsonDecoder.decode(type, from: body)
        } catch let error as DecodingError {
            throw Problem(error)
        }
    }

    private func collect(upTo limit: Int) async throws -> Data {
        do {
            return Data(try await body.collect(upTo: limit).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw Problem.tooLarge(limit: limit)
        }
    }
}

extension RequestContext {
    fileprivate var jsonDecoder: JSONDecoder {
        if let decoder = requestDecoder as? JSONDecoder { return decoder }
        return JSONDecoder()
    }
}

/// Which keys a JSON value has; its leaves are of no interest.
private indirect enum JSONShape: Decodable {
    case object([String: JSONShape])
    case list([JSONShape])
    case leaf

    init(from decoder: any Decoder) throws {
        if let members = try? decoder.container(keyedBy: AnyKey.self) {
            var object: [String: JSONShape] = [:]
            for key in members.allKeys { object[key.stringValue] = try members.decode(JSONShape.self, forKey: key) }
            self = .object(object)
        } else if let elements = try? decoder.singleValueContainer().decode([JSONShape].self) {
            self = .list(elements)
        } else {
            self = .leaf
        }
    }

    func unknownKeys(allowed: Set<String>) -> [String] {
        var unknown: Set<String> = []
        gather(at: "", allowed, closedPaths(allowed), &unknown)
        return unknown.sorted()
    }

    /// The paths whose keys are all given.
    private func closedPaths(_ allowed: Set<String>) -> Set<String> {
        var paths: Set<String> = [""]
        for path in allowed {
            let parts = path.split(separator: ".")
            for count in 1..<max(parts.count, 1) { paths.insert(parts[..<count].joined(separator: ".")) }
        }
        return paths
    }

    private func gather(at path: String, _ allowed: Set<String>, _ closed: Set<String>, _ unknown: inout Set<String>) {
        switch self {
        case .leaf: break
        case .list(let elements):
            for element in elements { element.gather(at: path, allowed, closed, &unknown) }
        case .object(let members):
            guard closed.contains(path) else { return }
            for (key, value) in members {
                let inner = path.isEmpty ? key : "\(path).\(key)"
                if allowed.contains(inner) || closed.contains(inner) {
                    value.gather(at: inner, allowed, closed, &unknown)
                } else {
                    unknown.insert(inner)
                }
            }
        }
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
