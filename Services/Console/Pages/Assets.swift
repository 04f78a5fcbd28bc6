import Crypto
import Foundation
import Hummingbird
import NIOCore
import Sealing

/// The stylesheets and the script of the pages, each at an address that changes with its content, so that browsers keep
/// them for good.
struct Assets: Sendable {
    /// One of them.
    struct Asset: Sendable {
        let name: String
        let type: String
        let body: ByteBuffer
        let digest: String

        /// Where browsers find it.
        var path: String { "/assets/\(digest)/\(name)" }

        init(_ file: URL, as name: String, type: String) throws {
            let data = try Data(contentsOf: file)
            self.name = name
            self.type = type
            body = ByteBuffer(bytes: data)
            digest = Base64URL.encode(SHA256.hash(data: data).prefix(9))
        }
    }

    let bootstrap: Asset
    let style: Asset
    let script: Asset
    let icon: Asset

    /// - Parameter bootstrapFiles: Where Bootstrap lies.
    /// - Throws: Where a file is missing.
    init(bootstrapFiles: String) throws {
        let own = Bundle.module.bundleURL.appending(path: "Assets")
        let css = URL(filePath: bootstrapFiles).appending(path: "css/bootstrap.min.css")
        bootstrap = try Asset(css, as: "bootstrap.min.css", type: "text/css; charset=utf-8")
        style = try Asset(own.appending(path: "console.css"), as: "console.css", type: "text/css; charset=utf-8")
        script = try Asset(
            own.appending(path: "console.js"),
            as: "console.js",
            type: "text/javascript; charset=utf-8"
        )
        icon = try Asset(own.appending(path: "icon.svg"), as: "icon.svg", type: "image/svg+xml")
    }

    /// The asset at a path; an address of former content leads to today's, which is not kept.
    func response(digest: String, name: String) throws -> Response {
        guard let asset = [bootstrap, style, script, icon].first(where: { $0.name == name }) else {
            throw PageError.notFound
        }
        let isCurrent = asset.digest == digest
        return Response(
            status: .ok,
            headers: [
                .contentType: asset.type,
                .cacheControl: isCurrent ? "public, max-age=31536000, immutable" : "no-store",
                .xContentTypeOptions: "nosniff",
            ],
            body: ResponseBody(byteBuffer: asset.body)
        )
    }
}
