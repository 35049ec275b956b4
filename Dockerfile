# The published folder on the runtime's image; see deploy/README.md for the two commands.
ARG BASE=mcr.microsoft.com/dotnet/aspnet:10.0
FROM ${BASE}
WORKDIR /app
COPY artifacts/publish/ ./
# The account of that number comes with the runtime's image; the worker writes only where it is told to.
USER 1654
ENTRYPOINT ["dotnet", "/app/tradingbot.dll"]
