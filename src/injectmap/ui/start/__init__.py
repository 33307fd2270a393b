"""The first screen: demonstration clinic, new clinic, open, recent."""
