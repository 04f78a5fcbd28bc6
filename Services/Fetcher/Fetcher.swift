import Runtime

/// `wecom-fetcher`: reads from WeCom what the runs ask for (architecture.md §1).
@main
enum FetcherProgram {
    static func main() async {
        await Program.run("wecom-fetcher", port: 8083) { environment, context in
            let settings = try environment.settings(FetcherSettings.init)
            return try await fetcherServices(settings, context)
        }
    }
}
