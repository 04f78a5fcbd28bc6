import Mustache
import Web

/// HTML that is written here rather than by a template: for what stands on a page in thousands, of which a template looks up
/// each value by its name.
///
/// What is interpolated is escaped, so that a literal cannot be injected into; a piece of markup is taken as it is.
struct Markup: Sendable, Equatable, ExpressibleByStringInterpolation {
    private(set) var html: String

    init(stringLiteral html: String) { self.html = html }

    init(stringInterpolation: StringInterpolation) { html = stringInterpolation.html }

    static func += (left: inout Markup, right: Markup) { left.html += right.html }

    /// Gathers a literal's text and values.
    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var html = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            html.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        mutating func appendLiteral(_ literal: String) { html += literal }

        mutating func appendInterpolation(_ text: String) { html += text.htmlEscaped }

        mutating func appendInterpolation(_ number: Int) { html += "\(number)" }

        mutating func appendInterpolation(_ markup: Markup) { html += markup.html }

        /// What stands there only where something is so.
        mutating func appendInterpolation(_ markup: Markup, if isThere: Bool) {
            if isThere { html += markup.html }
        }
    }
}

/// Written by `{{{…}}}` as it is.
extension Markup: MustacheCustomRenderable {
    var renderText: String { html }
    var isNull: Bool { html.isEmpty }
}
